/** npm run seed: writes the built-in catalogue into the database of DATABASE_URL, so that there is something to watch. */
import { parseArgs } from 'node:util';
import { builtInCatalogue, upsertVideos } from '../domains/streaming/catalogue.ts';
import { readVariable, variables } from '../platform/config.ts';
import { messageOf } from '../platform/errors.ts';
import { openDatabase } from '../platform/postgres.ts';

const usage = `Usage: npm run seed

Writes a small catalogue of old films. Those that are there already are brought up to date; nothing is removed.

Environment
  DATABASE_URL  ${variables.DATABASE_URL.about}
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  if (values.help) return void process.stdout.write(usage);
  const url = readVariable('DATABASE_URL');
  await using database = openDatabase({ url, application: 'aorta-seed' });
  await upsertVideos(database.prisma, builtInCatalogue);
  process.stdout.write(`${builtInCatalogue.length} videos, such as "${builtInCatalogue[0]!.id}"\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`seed: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
