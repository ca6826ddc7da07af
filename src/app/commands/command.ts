/** What the operators' commands with verbs have in common: their arguments, the database, and tables. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { Pool } from 'pg';
import { ownerKey } from '../../log/owner.ts';
import { createQueueShards } from '../../log/queue-shards.ts';
import { createShardedQueues, type Queues } from '../../operations/queues.ts';
import { variables } from '../../platform/config.ts';
import { createLogger } from '../../platform/logger.ts';
import { openDatabase } from '../../platform/postgres.ts';
import { openRedis, type Redis } from '../../platform/redis.ts';
import { isCluster } from '../../platform/redis-servers/servers.ts';
import { OthersLogError, refuseOthersLog } from '../check-owner.ts';
import { readVariable, runProgram, tell, UsageError } from './program.ts';

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
  /** Opened from REDIS_URL, and closed at the end. Throws an OthersLogError when what is there is another database's. */
  queues(): Promise<Queues>;
  /** Prints the rows as a table, or with --json as one JSON array. */
  print(rows: readonly object[]): void;
  /** Prints a line that is no result. */
  say(line: string): void;
}

const options = {
  all: { type: 'boolean', default: false },
  consumer: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

/** Runs `npm run NAME -- VERB …` on the database of DATABASE_URL. */
export const runCommand = (
  name: string,
  about: string,
  verbs: Readonly<Record<string, Verb>>,
): Promise<void> => runProgram(name, () => run(name, about, verbs));

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
    queues: () => openQueues(name, pool, opened),
    print: (rows) => process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : tableOf(rows)),
    say: tell,
  });
}

async function openQueues(name: string, pool: Pool, opened: AsyncDisposableStack): Promise<Queues> {
  const logger = createLogger(name, 'silent'); // what fails is told by the call
  const url = readVariable('REDIS_URL');
  const logName = readVariable('LOG_NAME');
  const connections: Redis[] = [];
  opened.defer(() => {
    for (const redis of connections) redis.disconnect();
  });
  const open = (key?: string) => {
    const redis = openRedis({ url, name: `aorta-${name}`, logger, key });
    connections.push(redis);
    return redis;
  };
  await refuseOthersLog({ pool, redis: open(ownerKey(logName)), logName }).catch((error) => {
    if (error instanceof OthersLogError) throw error; // a store that is away is told by the call
  });
  const queues = createShardedQueues(createQueueShards(logName, isCluster(url), open));
  opened.defer(() => queues.close());
  return queues;
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
