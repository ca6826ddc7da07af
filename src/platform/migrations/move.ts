import { searchPathOf } from '../schemas.ts';
import { findHome } from './home.ts';
import { placePlatform } from './place.ts';
import { createSchemas } from './schema.ts';
import { openMigrateSession } from './session.ts';
import { inTurn, type Patience } from './turn.ts';

/**
 * Moves the platform's tables out of the domains' schema into their own, all or none. Processes that were started with
 * the same URL go on meanwhile; those of older code, or without `platform_schema`, find the tables no more. False when they are
 * there already.
 */
export async function movePlatform(databaseUrl: string, patience: Patience = {}): Promise<boolean> {
  await using session = await openMigrateSession(databaseUrl);
  const { client, schemas } = session;
  return await inTurn(
    session,
    `moving to ${schemas.platform}`,
    async () => {
      if ((await findHome(client, schemas)) === schemas.platform) return false;
      await createSchemas(client, schemas);
      // a function's arguments are named by it
      await client.query("SELECT set_config('search_path', $1, true)", [searchPathOf(schemas)]);
      await placePlatform(client, schemas);
      return true;
    },
    patience,
  );
}
