/** npm run migrate: brings the database of DATABASE_URL to the newest migration. Needs no network. */
import { parseArgs } from 'node:util';
import { readVariable, variables } from '../platform/config.ts';
import { messageOf } from '../platform/errors.ts';
import { explainPooler } from '../platform/pooler.ts';
import { applyMigrations } from '../platform/schema-engine.ts';

const usage = `Usage: npm run migrate

Applies the migrations under prisma/migrations that the database does not have yet, in order.

Environment
  DATABASE_URL  ${variables.DATABASE_URL.about}
`;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
  if (values.help) return void process.stdout.write(usage);
  const url = readVariable('DATABASE_URL');
  const applied = await applyMigrations(url);
  for (const name of applied) process.stdout.write(`applied ${name}\n`);
  process.stdout.write(applied.length === 0 ? 'nothing to apply: the database is up to date\n' : 'done\n');
}

try {
  await main();
} catch (error) {
  process.stderr.write(`migrate: ${explainPooler(messageOf(error))}\n`);
  process.exitCode = 1;
}
