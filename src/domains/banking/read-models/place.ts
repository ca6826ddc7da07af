/** A place in a list, as an opaque cursor: the values that the list is ordered by. */
import { z } from 'zod';
import { wrongArgument } from '../../../platform/errors.ts';
import { checkStorable } from '../../check.ts';

/** `kind` names the list and its order: a place in another means nothing in it. */
export interface Place {
  readonly kind: string;
  readonly value: string;
  readonly id: string;
}

export function toCursor({ kind, value, id }: Place): string {
  return Buffer.from(JSON.stringify([kind, value, id])).toString('base64url');
}

/** Throws BAD_USER_INPUT for anything that is not a cursor of this list in this order. */
export function readCursor(cursor: string, kind: string, isValue: (value: string) => boolean): Place {
  const read = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  const [ofKind = '', value = '', id = ''] = read.data ?? [];
  // base64url ignores what it does not know: only the exact text that was given out is a cursor
  if (ofKind !== kind || !isValue(value) || toCursor({ kind, value, id }) !== cursor) {
    throw wrongArgument('after', 'is not a cursor of this list in this order.');
  }
  checkStorable('after', value + id);
  return { kind, value, id };
}

const schema = z.tuple([z.string(), z.string(), z.string()]);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The instant as a cursor has it; what it was made of, to the millisecond. */
export const isInstant = (text: string): boolean =>
  /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString() === text; // the 30th of February is none

export interface Page<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** `found` may hold one more than the page: that is how it is known that another page follows. */
export function toPage<Node>(
  found: readonly Node[],
  first: number,
  after: Place | undefined,
  placeOf: (node: Node) => Place,
): Page<Node> {
  const edges = found.slice(0, first).map((node) => ({ cursor: toCursor(placeOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: after !== undefined, // what it names
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
