import type { RelayWorld } from './world.ts';

/** Something that moves events, and is timed at it. */
export interface Contestant {
  readonly name: string;
  /** How many events it is given: what takes longer gets fewer */
  readonly events: number;
  /** Before each time, untimed; gives what is timed, which settles when the last event is where it has to be. */
  prepare(world: RelayWorld): Promise<() => Promise<Clear | undefined>>;
}

/** Clears up afterwards, untimed. */
export type Clear = () => Promise<void>;

export interface Speed {
  readonly perSecond: number;
  /** Of this process, for each event */
  readonly cpuMicroseconds: number;
}

/** Lets it move its events once, from an empty Redis. */
export async function timeOnce(contestant: Contestant, world: RelayWorld): Promise<Speed> {
  await world.reset();
  const move = await contestant.prepare(world);
  const start = performance.now();
  const cpu = process.cpuUsage();
  const clear = await move();
  const tookSeconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await clear?.();
  return {
    perSecond: contestant.events / tookSeconds,
    cpuMicroseconds: (user + system) / contestant.events,
  };
}
