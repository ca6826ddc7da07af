/** npm run migrate: brings the database of DATABASE_URL to the newest migration, or shows which it has. Needs no network. */
import { parseArgs } from 'node:util';
import { readVariable, variables } from '../platform/config.ts';
import { messageOf } from '../platform/errors.ts';
import { applyMigrations, type MigrateOptions } from '../platform/migrations/apply.ts';
import { movePlatform } from '../platform/migrations/move.ts';
import { isUpToDate, type MigrationStatus, readMigrationStatus } from '../platform/migrations/status.ts';
import { defaultPatienceMs } from '../platform/migrations/turn.ts';
import { explainPooler } from '../platform/pooler.ts';

const usage = `Usage: npm run migrate -- [--wait SECONDS] [--new]
       npm run migrate -- --move [--wait SECONDS]
       npm run migrate -- --status [--json]

Applies the migrations under prisma/migrations that the database does not have yet, in order. Each is applied whole or not at
all: whatever ends this command, run it again. Several at once take turns. A lock that somebody else holds is tried for
again and again, so that nobody waits behind this command meanwhile; what it waits for is told.

Options
  --status        shows each migration, the newest first, and changes nothing; ends with 2 when one is missing
  --json          the same as JSON
  --wait SECONDS  gives up when locks were not to be had for so long (${defaultPatienceMs / 1000})
  --new           begins in the schema of DATABASE_URL although there is an installation in public
  --move          moves the platform's tables out of the domains' schema into the platform_schema of DATABASE_URL, all or
                  none; once no process runs that was started without it
  --help

Ends with 0 when the database has every migration, 1 when something failed, 2 as said.

Environment
  DATABASE_URL  ${variables.DATABASE_URL.about}
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      status: { type: 'boolean' },
      json: { type: 'boolean' },
      new: { type: 'boolean' },
      move: { type: 'boolean' },
      wait: { type: 'string', default: String(defaultPatienceMs / 1000) },
    },
  });
  if (values.help) return void process.stdout.write(usage);
  if (!/^\d+$/.test(values.wait)) throw new Error('--wait takes a whole number of seconds');
  if (values.json && !values.status) throw new Error('--json goes with --status');
  const url = readVariable('DATABASE_URL');
  if (values.status) return showStatus(await readMigrationStatus(url), values.json);
  if (values.move) return move(url, Number(values.wait) * 1000);
  await migrate(url, { patienceMs: Number(values.wait) * 1000, beginAnew: values.new ?? false });
}

function showStatus(migrations: readonly MigrationStatus[], json = false): void {
  const width = Math.max(...migrations.map(({ name }) => name.length));
  const lines = migrations.map(({ name, status, at, error }) =>
    [name.padEnd(width), status.padEnd(9), at?.toISOString() ?? '', error ?? ''].join('  ').trimEnd(),
  );
  process.stdout.write(`${json ? JSON.stringify(migrations, null, 2) : lines.join('\n')}\n`);
  if (!isUpToDate(migrations)) process.exitCode = 2;
}

async function move(url: string, patienceMs: number): Promise<void> {
  const moved = await movePlatform(url, { patienceMs, notice: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(moved ? 'moved\n' : 'nothing to move\n');
}

async function migrate(url: string, options: MigrateOptions): Promise<void> {
  const applied = await applyMigrations(url, {
    ...options,
    applied: (name, ms) => process.stdout.write(`applied ${name} (${(ms / 1000).toFixed(1)} s)\n`),
    notice: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(applied.length === 0 ? 'nothing to apply: the database is up to date\n' : 'done\n');
  const unknown = (await readMigrationStatus(url)).filter(({ status }) => status === 'unknown');
  if (unknown.length === 0) return;
  const names = unknown.map(({ name }) => name).join(', ');
  process.stderr.write(`the database has migrations of newer code: ${names}. This code goes on beside it\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`migrate: ${explainPooler(messageOf(error))}\n`);
  process.exitCode = 1;
}
