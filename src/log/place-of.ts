import { createHash } from 'node:crypto';

/** Spreads keys evenly over so many places, the same one for the same key in every process. */
export function placeOf(key: string, places: number): number {
  return places === 1 ? 0 : createHash('sha1').update(key).digest().readUInt32BE(0) % places;
}
