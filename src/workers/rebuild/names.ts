/** What the rebuild of a processor is called in the database. */
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { quote, type Schemas, schemasOf } from '../../platform/schemas.ts';

/** Where the tables stand that a rebuild works with. */
export interface Places extends Schemas {
  /** The schema of its copies */
  readonly copies: string;
}

/** The same with where the platform's tables are in truth: with the domains', until they are moved to their schema. */
export async function locate(prisma: PrismaClient, places: Places): Promise<Places> {
  const [found] = await prisma.$queryRaw<{ schema: string }[]>`
    SELECT nspname AS schema FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE pg_class.oid = 'outbox'::regclass`;
  return { ...places, platform: found!.schema };
}

export function placesOf(url: string, processor: string): Places {
  const live = schemasOf(url);
  // each installation in a database has copies of its own
  const prefix = live.domains === 'public' ? '' : `${live.domains}_`;
  return { ...live, copies: `${prefix}rebuild_${processor}` };
}

/** The consumer whose checkpoints are its own: retention waits for it, and `npm run consumers` shows it. */
export const consumerOf = (processor: string) => `rebuild:${processor}`;

/** A live table in SQL of our own. Not as Prisma writes one, which would be led to the copies. */
export const liveTable = ({ domains }: Places, table: string): string =>
  `${quote(domains)} . ${quote(table)}`;
