/** Which tables are the platform's and which the domains', and how they come to their schemas. */
import type { ClientBase } from 'pg';
import { quote, type Schemas } from '../schemas.ts';

/**
 * The platform's tables beside the outbox's partitions, in the order in which transactions come to them: whoever locks them all
 * in the same order meets nobody who holds a later one and waits for an earlier one.
 */
const tables = [
  ...[
    'sink',
    'log_owner',
    'consumer',
    'idempotency_key',
    'processor_checkpoint',
    'inbox',
    'history',
    'history_snapshot',
    'saga',
  ],
  ...['processor_watermark', 'processor_window', 'dead_letter', 'log'],
  ...[
    'outbox',
    'outbox_default',
    'outbox_closed',
    'outbox_parked',
    'outbox_event_type',
    '_prisma_migrations',
  ],
];

const platform = new Set([
  ...tables,
  ...['outbox_announce_writer', 'outbox_horizon', 'outbox_last_position', 'outbox_lock_key'],
  ...['consumer_reach', 'consumer_type_start', 'consumer_kind', 'dead_letter_release', 'saga_status'],
]);

const isOfPlatform = (name: string): boolean => platform.has(name) || /^outbox_p\d+$/.test(name);

/** Moves what the transaction has made for the domains to their schema, where Prisma looks for it. */
export async function placeDomains(
  client: ClientBase,
  { platform: from, domains: to }: Schemas,
): Promise<void> {
  await move(client, from, to, ({ name, isNew }) => isNew && !isOfPlatform(name));
}

/** Moves the platform's tables from where the domains' are to a schema of their own. */
export async function placePlatform(
  client: ClientBase,
  { platform: to, domains: from }: Schemas,
): Promise<void> {
  for (const table of tables) {
    const name = `${quote(from)}.${table}`;
    const { rows } = await client.query<{ is: boolean }>('SELECT to_regclass($1) IS NOT NULL AS is', [name]);
    if (rows[0]!.is) await client.query(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
  }
  await move(client, from, to, ({ name }) => isOfPlatform(name));
}

interface Movable {
  readonly kind: 'TABLE' | 'VIEW' | 'TYPE' | 'FUNCTION';
  readonly name: string;
  /** Made, or changed, by this transaction */
  readonly isNew: boolean;
  /** As ALTER wants it, without the schema */
  readonly identity: string;
}

/** What belongs to a table goes with it: indexes, constraints, its row type and the sequences that it owns. */
async function move(
  client: ClientBase,
  from: string,
  to: string,
  wanted: (movable: Movable) => boolean,
): Promise<void> {
  const { rows } = await client.query<Movable>(
    `SELECT CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END AS kind, relname AS name, quote_ident(relname) AS identity,
            xmin = pg_current_xact_id()::xid AS "isNew"
       FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'v')
      UNION ALL
     SELECT 'TYPE', typname, quote_ident(typname), xmin = pg_current_xact_id()::xid
       FROM pg_type WHERE typnamespace = to_regnamespace($1) AND typtype = 'e'
      UNION ALL
     SELECT 'FUNCTION', proname, format('%I(%s)', proname, pg_get_function_identity_arguments(oid)),
            xmin = pg_current_xact_id()::xid
       FROM pg_proc WHERE pronamespace = to_regnamespace($1) AND prokind = 'f'
      ORDER BY kind, name`,
    [quote(from)],
  );
  for (const { kind, identity } of rows.filter(wanted)) {
    await client.query(`ALTER ${kind} ${quote(from)}.${identity} SET SCHEMA ${quote(to)}`);
  }
}
