/** What the rebuild of a processor is called in the database. */
import { quote, type Schemas, schemasOf } from '../../platform/schemas.ts';

/** Where the tables stand that a rebuild works with. */
export interface Places extends Schemas {
  /** The schema of its copies */
  readonly copies: string;
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
