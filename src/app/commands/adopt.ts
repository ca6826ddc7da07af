/** npm run adopt: makes the log in Redis this database's. */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { isOwnerAlive, ownerKey } from '../../log/owner.ts';
import { createWitness, type Look, lookAtOwner } from '../../log/ownership.ts';
import { variables } from '../../platform/config.ts';
import { createLogger } from '../../platform/logger.ts';
import { openDatabase } from '../../platform/postgres.ts';
import { openRedis } from '../../platform/redis.ts';
import { takeOver } from '../../relay/ownership.ts';
import { readVariable, runProgram, tell } from './program.ts';

const usage = `Usage: npm run adopt [-- options]

The log in Redis has one owner: the database whose relay publishes there and whose workers take the jobs. A copy of that
database, or another one, is refused by every role. Adopting makes the log this database's: its events are published there,
jobs that it does not know are thrown away, and cursors of what it lacks are void. The database that had it is refused
from then on. Do it after a restore whose roles are refused, when the database that had the log is gone or is to give way.

Without --yes nothing is changed: it prints what would be taken over, and from whom.

Options
  --yes         takes it over
  --from-alive  with --yes: also from an owner that is alive. End its roles instead, where you can
  --help        show this

Environment
  DATABASE_URL  ${variables.DATABASE_URL.about}
  REDIS_URL     ${variables.REDIS_URL.about}
  LOG_NAME      ${variables.LOG_NAME.about}
`;

const options = {
  yes: { type: 'boolean', default: false },
  'from-alive': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) return void process.stdout.write(usage);
  await using opened = new AsyncDisposableStack();
  const application = `aorta-adopt@${hostname()}:${process.pid}`;
  const { pool } = opened.use(openDatabase({ url: readVariable('DATABASE_URL'), application }));
  const logger = createLogger('adopt', 'silent'); // what fails is told by the call
  const logName = readVariable('LOG_NAME');
  const redis = openRedis({
    ...{ url: readVariable('REDIS_URL'), name: application, logger },
    key: ownerKey(logName),
  });
  opened.defer(() => redis.disconnect());
  const look = await lookAtOwner({ pool, redis, logName }, createWitness());
  const isAlive = await isOwnerAlive(redis, logName);
  process.stdout.write(describe(look, isAlive, logName));
  if (look.standing === 'ours' && !look.row.refused) return;
  if (!values.yes) return tell('nothing was changed; --yes takes it over');
  if (isAlive && !values['from-alive']) {
    throw new Error(
      'its owner is alive: end its roles first, and try again a few seconds later, or say --from-alive',
    );
  }
  const owner = await takeOver({ pool, redis, logName, application }, look);
  if (!owner) throw new Error('the owner has changed just now; look again');
  tell(`the log "${logName}" is this database's, generation ${owner.generation}`);
}

function describe({ known, row, standing, says }: Look, isAlive: boolean, logName: string): string {
  const lines = [
    `this database  ${row.database}, generation ${row.generation}${row.refused ? ', refused as a copy' : ''}`,
    known
      ? `the log's owner ${known.database}, generation ${known.generation}, held by ${known.holder}, ${isAlive ? 'alive' : 'silent'}`
      : `the log "${logName}" in Redis has no owner`,
    standing === 'ours' ? 'it is this database already' : says,
  ];
  return `${lines.filter(Boolean).join('\n')}\n`;
}

await runProgram('adopt', main);
