/** npm run sagas: processes of several transactions, how far they are, and what they stand still for. */
import { readStepAttempt } from '../../operations/saga-step.ts';
import { readOpenSagas, readSagas } from '../../operations/sagas.ts';
import { type Call, runCommand } from './command.ts';
import { UsageError } from './program.ts';

const most = 500;

async function list({ pool, print, say }: Call): Promise<void> {
  const open = await readOpenSagas(pool, most);
  print(open);
  if (open.length === most) say(`These are the oldest ${most}.`);
}

async function show(call: Call): Promise<void> {
  const { pool, names, say } = call;
  const [id, ...more] = names;
  if (id === undefined || more.length > 0) throw new UsageError('name the id of one saga');
  const sagas = await readSagas(pool, id);
  if (sagas.length === 0) {
    say(`there is no saga ${id}`);
    process.exitCode = 1;
  }
  const queues = process.env.REDIS_URL ? await call.queues() : undefined;
  if (!queues) say('set REDIS_URL to see what its step failed with');
  for (const saga of sagas) {
    const attempt = queues && saga.step !== null ? await readStepAttempt(pool, queues, saga) : null;
    process.stdout.write(`${JSON.stringify({ ...saga, attempt }, undefined, 2)}\n`);
  }
}

await runCommand(
  'sagas',
  `Processes of several transactions, which are done whole or undone again. One that stays where it is waits for its step: "show"
tells what that failed with (it reads REDIS_URL), "npm run dead-letters" what was given up. One that has FAILED could not be undone,
and waits for you.`,
  {
    list: { about: 'shows those that are not over, the oldest first', run: list },
    show: {
      takes: 'ID',
      about: 'shows one with its data, its correlation id and what its step failed with, as JSON',
      run: show,
    },
  },
);
