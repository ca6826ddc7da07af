/** What every resolver is given: the request it serves, and the services of its process. */
import type DataLoader from 'dataloader';
import type { Pool } from 'pg';
import type { Catalogue } from '../events/catalogue.ts';
import type { Cause } from '../events/envelope.ts';
import type { Video } from '../generated/prisma/client.ts';
import type { History } from '../history/history.ts';
import type { Sources } from '../live/sources.ts';
import type { Operations } from '../operations/operations.ts';
import type { Outbox } from '../outbox/transaction.ts';
import type { PrismaClient } from '../platform/postgres.ts';
import type { Viewer } from '../platform/sign-in.ts';
import type { LogReads } from './event-page.ts';

/** Made anew for each request, and for each event of a subscription, so that its loaders never give old rows. */
export interface Context {
  /** Why this is done: the correlation id of everything that the request records */
  readonly cause: Cause;
  readonly viewer: Viewer;
  readonly now: () => Date;
  readonly services: Services;
  readonly loaders: Loaders;
  /** The newest place in the log before anything else of the request was read; set when `head` is asked for */
  readonly head: number | undefined;
  /** The cursor with which a client comes back; newer than what its document says */
  readonly resumeAfter?: string | undefined;
  /** Aborted when the client does not wait for the answer any more */
  readonly givenUp?: AbortSignal | undefined;
}

/** What lives as long as the process, on connections for operations of this kind: query, mutation or subscription. */
export interface Services {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly outbox: Outbox;
  readonly history: History;
  readonly catalogue: Catalogue;
  readonly log: LogReads;
  readonly cursors: Cursors;
  readonly operations: Operations;
  readonly sources: Sources;
}

/** Cursors of the current epoch. */
export interface Cursors {
  encode(position: number): string;
  /** Throws CURSOR_INVALID. */
  decode(cursor: string): number;
}

/** One query for all that is asked for at the same moment. */
export interface Loaders {
  readonly videoById: DataLoader<string, Video | undefined>;
}
