import pg from 'pg';
import { lockKey } from '../../platform/lock-key.ts';
import { connectionOptions } from '../../platform/postgres.ts';
import { verifySession } from '../../platform/verify-session.ts';
import { consumerOf } from './names.ts';
import { RebuildRefusedError } from './refused.ts';

export interface Alone extends AsyncDisposable {
  /** Aborted when the connection is lost, and others may begin */
  readonly signal: AbortSignal;
}

const lockClass = 1635086710; // beside the leases' 1635086709

/** Keeps others from rebuilding the same processor; ends with the process. Throws RebuildRefusedError when one is at it. */
export async function beAlone(url: string, application: string, processor: string): Promise<Alone> {
  const client = new pg.Client(connectionOptions({ url, application }));
  const lost = new AbortController();
  const lose = () => lost.abort(new Error('the connection that keeps other rebuilds away was lost'));
  client.on('error', lose);
  client.on('end', lose);
  await client.connect();
  await verifySession(client, { url });
  const { rows } = await client.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_lock($1, ${lockKey('$2')}) AS locked`,
    [lockClass, consumerOf(processor)],
  );
  if (!rows[0]!.locked) {
    await client.end();
    throw new RebuildRefusedError(`another rebuild of "${processor}" is running`);
  }
  return { signal: lost.signal, [Symbol.asyncDispose]: () => client.end() };
}
