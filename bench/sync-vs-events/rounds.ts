/** What one round does in each architecture, and what it saw. */

import { lagOf, untilDrained } from './drain.ts';
import { type LoadResult, runLoad } from './load.ts';
import { downService, makeFriends, type World } from './world.ts';

export interface Size {
  readonly viewers: number;
  /** Mutations of a load in the synchronous architecture, where each takes seconds */
  readonly syncMutations: number;
  readonly mutations: number;
}

export interface SyncRound {
  readonly up: LoadResult;
  readonly down: LoadResult;
  /** Sessions that were written although their mutation failed, with one service down */
  readonly halfDone: number;
}

export interface EventRound {
  readonly up: LoadResult;
  /** From the last answer until the last service had handled the last event, s */
  readonly drainedSeconds: number;
  readonly down: LoadResult;
  /** The same for the services that are up */
  readonly othersDrainedSeconds: number;
  /** Events that then waited for the service that is down */
  readonly waiting: number;
  /** From when it is back until it had handled them all, s */
  readonly caughtUpSeconds: number;
}

export async function runSyncRound({ synchronous }: World, size: Size, label: string): Promise<SyncRound> {
  const { viewers, syncMutations: mutations } = size;
  const { prisma } = synchronous.database;
  await makeFriends(synchronous.database, label, viewers);
  const load = { viewers, mutations, label };
  const up = await runLoad({ ...load, url: synchronous.url });
  const before = await prisma.watchSession.count();
  const down = await runLoad({ ...load, url: synchronous.urlWithOneDown });
  const written = (await prisma.watchSession.count()) - before;
  return { up, down, halfDone: written - (mutations - down.failed) };
}

export async function runEventRound({ eventDriven }: World, size: Size, label: string): Promise<EventRound> {
  const { viewers, mutations } = size;
  const { url } = eventDriven;
  await makeFriends(eventDriven.database, label, viewers);
  const load = { url, viewers, mutations, label };
  const up = await runLoad(load);
  const drainedSeconds = await untilDrained(url);

  await eventDriven.takeDown();
  const down = await runLoad(load);
  const othersDrainedSeconds = await untilDrained(url, downService);
  const waiting = await lagOf(url, downService);
  await eventDriven.bringBack();
  const caughtUpSeconds = await untilDrained(url);
  return { up, drainedSeconds, down, othersDrainedSeconds, waiting, caughtUpSeconds };
}
