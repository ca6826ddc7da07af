/** npm run sagas: processes of several transactions, how far they are, and what they stand still for. */
import { readOpenSagas, readSagas } from '../../operations/sagas.ts';
import { type Call, runCommand } from './command.ts';
import { UsageError } from './program.ts';

const most = 500;

async function list({ pool, print, say }: Call): Promise<void> {
  const open = await readOpenSagas(pool, most);
  print(open);
  if (open.length === most) say(`These are the oldest ${most}.`);
}

async function show({ pool, names, say }: Call): Promise<void> {
  const [id, ...more] = names;
  if (id === undefined || more.length > 0) throw new UsageError('name the id of one saga');
  const sagas = await readSagas(pool, id);
  if (sagas.length === 0) {
    say(`there is no saga ${id}`);
    process.exitCode = 1;
  }
  for (const saga of sagas) process.stdout.write(`${JSON.stringify(saga, undefined, 2)}\n`);
}

await runCommand(
  'sagas',
  `Processes of several transactions, which are done whole or undone again. One that stays where it is waits for its step: the
log of the workers and eventFlow tell why, "npm run dead-letters" what was given up. One that has FAILED could not be undone,
and waits for you.`,
  {
    list: { about: 'shows those that are not over, the oldest first', run: list },
    show: { takes: 'ID', about: 'shows one with its data and its correlation id, as JSON', run: show },
  },
);
