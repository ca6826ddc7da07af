/** What the operators' commands have in common: their arguments, the database, tables, and errors told in a line. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Pool } from 'pg';
import { queuePrefix } from '../../log/keys.ts';
import { createQueues, type Queues } from '../../operations/queues.ts';
import { variables } from '../../platform/config.ts';
import { messageOf } from '../../platform/errors.ts';
import { createLogger } from '../../platform/logger.ts';
import { openDatabase } from '../../platform/postgres.ts';
import { openRedis } from '../../platform/redis.ts';

/** One thing that a command can do. */
export interface Verb {
  /** What comes behind it, such as `ID…` */
  readonly takes?: string;
  readonly about: string;
  run(call: Call): Promise<void>;
}

export interface Call {
  readonly pool: Pool;
  /** What came behind the verb */
  readonly names: readonly string[];
  readonly options: { readonly all: boolean; readonly consumer: string | undefined };
  /** Opened at the first call, from REDIS_URL, and closed at the end. */
  queues(): Queues;
  /** Prints the rows as a table, or with --json as one JSON array. */
  print(rows: readonly object[]): void;
  /** Prints a line that is no result. */
  say(line: string): void;
}

/** The arguments are not right; the message says how they are. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const options = {
  all: { type: 'boolean', default: false },
  consumer: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

/** Runs `npm run NAME -- VERB …` on the database of DATABASE_URL. Exit code 2 for wrong arguments, 1 for what failed. */
export async function runCommand(
  name: string,
  about: string,
  verbs: Readonly<Record<string, Verb>>,
): Promise<void> {
  try {
    await run(name, about, verbs);
  } catch (error) {
    const misused =
      error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${name}: ${messageOf(error)}\n`);
    if (misused) process.stderr.write(`Run "npm run ${name} -- --help" for what there is.\n`);
    process.exitCode = misused ? 2 : 1;
  }
}

async function run(name: string, about: string, verbs: Readonly<Record<string, Verb>>): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  if (values.help) return void process.stdout.write(usageOf(name, about, verbs));
  const [word, ...names] = positionals;
  const verb = word === undefined ? undefined : verbs[word];
  if (!verb) throw new UsageError(`name one of: ${Object.keys(verbs).join(', ')}`);
  await using opened = new AsyncDisposableStack();
  const url = readVariable('DATABASE_URL');
  const { pool } = opened.use(openDatabase({ url, application: `aorta-${name}` }));
  await verb.run({
    pool,
    names,
    options: { all: values.all, consumer: values.consumer },
    queues: () => openQueues(name, opened),
    print: (rows) => process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : tableOf(rows)),
    say: (line) => process.stderr.write(`${line}\n`),
  });
}

function openQueues(name: string, opened: AsyncDisposableStack): Queues {
  const logger = createLogger(name, 'silent'); // what fails is told by the call
  const redis = openRedis({ url: readVariable('REDIS_URL'), name: `aorta-${name}`, logger });
  opened.defer(() => redis.disconnect());
  const queues = createQueues(redis, queuePrefix(readVariable('LOG_NAME')));
  opened.defer(() => queues.close());
  return queues;
}

function readVariable(name: 'DATABASE_URL' | 'REDIS_URL' | 'LOG_NAME'): string {
  const { schema, about, fallback } = variables[name];
  const read = schema.safeParse(process.env[name] ?? fallback);
  if (!read.success) throw new UsageError(`${name} is not right. ${about}`);
  return read.data;
}

function usageOf(name: string, about: string, verbs: Readonly<Record<string, Verb>>): string {
  const lines = Object.entries(verbs).map(([word, { takes, about }]) => [
    [word, takes].filter(Boolean).join(' '),
    about,
  ]);
  const width = Math.max(...lines.map(([call]) => call!.length));
  const list = lines.map(([call, does]) => `  ${call!.padEnd(width)}  ${does}`).join('\n');
  return `Usage: npm run ${name} -- VERB [options]

${about}

Verbs
${list}

Options
  --json           print one JSON array instead of a table
  --help           show this

Environment
  DATABASE_URL  ${variables.DATABASE_URL.about}
`;
}

/** Columns as wide as what stands in them. */
function tableOf(rows: readonly object[]): string {
  const [first] = rows;
  if (!first) return 'none\n';
  const columns = Object.keys(first);
  const cells = rows.map((row) => Object.values(row).map(textOf));
  const widths = columns.map((column, at) => Math.max(column.length, ...cells.map((row) => row[at]!.length)));
  const lineOf = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd();
  return `${[columns, ...cells].map(lineOf).join('\n')}\n`;
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return value === null || value === undefined ? '-' : String(value);
}
