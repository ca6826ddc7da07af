/** What one round does in each architecture, and what it saw. */

import type { Database } from '../../src/platform/postgres.ts';
import { lagOf, untilDrained } from './drain.ts';
import { type Load, type LoadResult, runLoad } from './load.ts';
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
  const { database, url, urlWithOneDown } = synchronous;
  const mutations = size.syncMutations;
  const load = { viewers: size.viewers, mutations };
  const up = await runLoadOfFriends(database, { ...load, url, label: `${label}-up` });
  const before = await database.prisma.watchSession.count();
  const down = await runLoadOfFriends(database, { ...load, url: urlWithOneDown, label: `${label}-down` });
  const written = (await database.prisma.watchSession.count()) - before;
  return { up, down, halfDone: written - (mutations - down.failed) };
}

export async function runEventRound({ eventDriven }: World, size: Size, label: string): Promise<EventRound> {
  const { database, url } = eventDriven;
  const load = { url, viewers: size.viewers, mutations: size.mutations };
  const up = await runLoadOfFriends(database, { ...load, label: `${label}-up` });
  const drainedSeconds = await untilDrained(url);

  await eventDriven.takeDown();
  const down = await runLoadOfFriends(database, { ...load, label: `${label}-down` });
  const othersDrainedSeconds = await untilDrained(url, downService);
  const waiting = await lagOf(url, downService);
  await eventDriven.bringBack();
  const caughtUpSeconds = await untilDrained(url);
  return { up, drainedSeconds, down, othersDrainedSeconds, waiting, caughtUpSeconds };
}

/** New viewers each time, whose friends are notified: somebody who watches a film again is less work for the services. */
async function runLoadOfFriends(database: Database, load: Load): Promise<LoadResult> {
  await makeFriends(database, load.label, load.viewers);
  return runLoad(load);
}
