import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlQuery, SqlQueryable } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { PrismaClient } from '../../generated/prisma/client.ts';
import type { Tx } from '../../outbox/transaction.ts';
import { type Clock, createDatabaseClock } from '../../platform/clock.ts';
import { connectionOptions, verifying } from '../../platform/postgres.ts';
import { endSilentConnections } from '../../platform/postgres-silence.ts';
import { quote, searchPathOf } from '../../platform/schemas.ts';
import type { Places } from './names.ts';

export interface RedirectOptions {
  readonly url: string;
  readonly application: string;
  readonly places: Places;
  /** Those that stand among the copies instead of with the domains */
  readonly tables: readonly string[];
  readonly connections: number;
}

export interface RedirectedDatabase extends AsyncDisposable {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
}

const transactionMs = 60_000; // nobody waits for a batch of a rebuild

/**
 * Prisma on connections of its own, whose models are found among the copies instead of with the domains when they are among the
 * tables. The adapter's own `schema` option would look for everything there, enums included. Hand-written SQL names
 * tables without a schema: `enter` is what leads it there.
 */
export function openRedirected(options: RedirectOptions): RedirectedDatabase {
  const { places, tables, connections } = options;
  const connection = connectionOptions(options);
  const clock = createDatabaseClock();
  const pool = new pg.Pool({ ...connection, max: connections, verify: verifying(options, clock) });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const stopWatch = endSilentConnections(pool, connection);
  const redirected = new Set(tables.map(quote));
  const [live, copies] = [quote(places.domains), quote(places.copies)];
  const adapter = redirecting(new PrismaPg(pool, { schema: places.domains }), (sql) =>
    sql.replace(/("(?:[^"]|"")+")\.("(?:[^"]|"")+")/g, (name, schema, table) =>
      schema === live && redirected.has(table) ? `${copies}.${table}` : name,
    ),
  );
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: transactionMs, timeout: transactionMs },
  });
  return {
    prisma,
    clock,
    async [Symbol.asyncDispose]() {
      await prisma.$disconnect();
      await pool.end();
      stopWatch();
    },
  };
}

/** For the rest of the transaction, a name without a schema is looked for in the copies first. */
export async function enter(tx: Tx, places: Places): Promise<void> {
  const path = `${quote(places.copies)}, ${searchPathOf(places)}`;
  await tx.$executeRaw`SELECT set_config('search_path', ${path}, true)`;
}

function redirecting(factory: PrismaPg, rewrite: (sql: string) => string): PrismaPg {
  const redirect = <Queryable extends SqlQueryable>(queryable: Queryable): Queryable => {
    const queryRaw = queryable.queryRaw.bind(queryable);
    const executeRaw = queryable.executeRaw.bind(queryable);
    const rewritten = (query: SqlQuery) => ({ ...query, sql: rewrite(query.sql) });
    return Object.assign(queryable, {
      queryRaw: (query: SqlQuery) => queryRaw(rewritten(query)),
      executeRaw: (query: SqlQuery) => executeRaw(rewritten(query)),
    });
  };
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = redirect(await connect());
    const startTransaction = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolation) => redirect(await startTransaction(isolation));
    return adapter;
  };
  return factory;
}
