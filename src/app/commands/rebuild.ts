/** npm run rebuild: builds a processor's projection again beside the live one, and switches when it has caught up. */
import '../production.ts';
import { parseArgs } from 'node:util';
import { openLogReader } from '../../log/reader.ts';
import { variables } from '../../platform/config.ts';
import { createLogger } from '../../platform/logger.ts';
import { openDatabase } from '../../platform/postgres.ts';
import { openRedis } from '../../platform/redis.ts';
import { abandonRebuild, listRebuildable } from '../../workers/rebuild/list.ts';
import type { RebuildProgress } from '../../workers/rebuild/progress.ts';
import { rebuildProjection } from '../../workers/rebuild/rebuild-projection.ts';
import { refuseOthersLog } from '../check-owner.ts';
import { allReactions } from '../modules.ts';
import { readVariable, runProgram, tell, UsageError } from './program.ts';

const usage = `Usage: npm run rebuild -- NAME [options]

Builds the projection of the processor NAME again from the log or the history, beside the live one. Nobody notices: the live one is read
and written until the new one has caught up and takes its place. A rebuild that was ended, however, goes on from where it
was when it is run again.

Options
  --list       shows every processor, its tables, and whether it can be rebuilt
  --restart    begins again, also when an earlier run has left something to go on with: after a change of the code
  --abandon    throws away what an earlier run has left
  --json       with --list, prints one JSON array
  --help       show this

Environment
  DATABASE_URL  ${variables.DATABASE_URL.about}; its role must own the tables
  REDIS_URL     ${variables.REDIS_URL.about}
  LOG_NAME      ${variables.LOG_NAME.about}
`;

const options = {
  list: { type: 'boolean', default: false },
  restart: { type: 'boolean', default: false },
  abandon: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const application = `aorta-rebuild:${process.pid}`;

async function main(): Promise<void> {
  const reactions = allReactions(() => {});
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  if (values.help) return void process.stdout.write(usage);
  const url = readVariable('DATABASE_URL');
  if (values.list) {
    await using database = openDatabase({ url, application });
    const rows = await listRebuildable(url, database.pool, reactions);
    const lines = rows.map(
      ({ processor, tables, state }) => `${processor} (${tables.join(', ') || 'no tables'}): ${state}`,
    );
    return void process.stdout.write(`${values.json ? JSON.stringify(rows) : lines.join('\n')}\n`);
  }
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError('name one processor');
  const reaction = reactions.find((each) => each.name === name);
  if (!reaction) {
    throw new UsageError(
      `there is no consumer "${name}". Known are: ${reactions.map((each) => each.name).join(', ')}`,
    );
  }
  if (values.abandon) {
    await abandonRebuild(url, application, name);
    return tell(`what was built for ${name} is gone`);
  }
  await using opened = new AsyncDisposableStack();
  const { pool } = opened.use(openDatabase({ url, application }));
  const logger = createLogger('rebuild', 'silent'); // what fails is told by the call
  const redis = openRedis({ url: readVariable('REDIS_URL'), name: application, logger });
  opened.defer(() => redis.disconnect());
  const logName = readVariable('LOG_NAME');
  await refuseOthersLog({ pool, redis, logName });
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => ended.abort(new Error('ended; run it again to go on, or --abandon it')));
  }
  await rebuildProjection({
    ...{ reaction, databaseUrl: url, pool, application, logger, signal: ended.signal },
    restart: values.restart,
    openReader: () => openLogReader({ redis, pool, logName }),
    onProgress: createReport(),
  });
  tell(`${name} is rebuilt, and live`);
}

const reportMs = 1_000;

/** A line each second, and one when something else begins. */
function createReport(): (progress: RebuildProgress) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  let phase: RebuildProgress['phase'] | undefined;
  return (progress) => {
    const { processor, handled, position, target } = progress;
    if (progress.phase === phase && performance.now() - saidAt < reportMs) return;
    saidAt = performance.now();
    phase = progress.phase;
    const percent = Math.floor((100 * position) / Math.max(1, target));
    const doing = { building: 'building', waiting: 'waiting for the moment to switch', done: 'switched' }[
      phase
    ];
    tell(
      `${processor}: ${doing}, ${Math.min(100, percent)} % (position ${position} of ${target}), ${handled} events handled`,
    );
  };
}

await runProgram('rebuild', main);
