/** Audits the whole store: every aggregate, and what the domains have made of theirs. */
import type { ClientBase, Pool, PoolClient } from 'pg';
import { readLogRow } from '../outbox/log-row.ts';
import { type AggregateAudit, type AuditProgress, auditHistory, type Finding } from './audit.ts';

/** What a domain checks; for one audit. */
export interface DomainAudit {
  readonly aggregates: readonly AggregateAudit[];
  /** What it reads beside the history. They cannot be replaced by others until the audit is over */
  readonly tables: readonly string[];
  /** Before anything is read: makes what the session collects in */
  begin(client: ClientBase): Promise<void>;
  /** What can be said only when every aggregate of the domain is read */
  finish(client: ClientBase): AsyncGenerator<Finding>;
}

export interface StoreAuditOptions {
  /** Aggregates of one type alone; what needs others too is not checked */
  readonly only?: string | undefined;
  /** Called after each page */
  readonly onProgress?: (progress: AuditProgress) => void;
}

/**
 * Gives what it finds as it finds it. The store is read as it is at one moment, in pages, and goes on being written; only
 * the making and dropping of partitions, and a rebuild that wants to switch, wait for the end.
 */
export async function* auditStore(
  pool: Pool,
  domains: readonly DomainAudit[],
  { only, onProgress }: StoreAuditOptions = {},
): AsyncGenerator<Finding> {
  const client = await pool.connect();
  try {
    await readLogRow(client); // says when the database was not migrated
    for (const domain of domains) await domain.begin(client);
    await beginAtOneMoment(client, ['outbox', 'outbox_parked', ...domains.flatMap(({ tables }) => tables)]);
    const audits = domains.flatMap(({ aggregates }) => aggregates);
    yield* auditHistory(client, { audits, only, ...(onProgress && { onProgress }) });
    if (only !== undefined) return;
    for (const domain of domains) yield* domain.finish(client);
  } finally {
    client.release(true); // and with it what the session has collected
  }
}

async function beginAtOneMoment(client: PoolClient, tables: readonly string[]): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  // before the moment, which is that of the first read: else the rows of a table put in its place would not be seen, and
  // those of a partition dropped in between would be missed
  await client.query(`LOCK TABLE ${tables.join(', ')} IN ACCESS SHARE MODE`);
}
