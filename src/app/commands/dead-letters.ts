/** npm run dead-letters: events that a consumer could not handle. */
import { discard, redrive } from '../../operations/dead-letter-actions.ts';
import { type DeadLetter, readDeadLetter, readDeadLetters } from '../../operations/dead-letters.ts';
import { type Call, runCommand, UsageError } from './command.ts';

const pageSize = 500;

/** One line of the list: the error's first line says what it is about. */
const toLine = ({ id, consumer, event, error, attempts, failedAt }: DeadLetter) => ({
  id,
  consumer,
  type: event.type,
  aggregateId: event.aggregateId,
  attempts,
  failedAt,
  error: error.split('\n', 1)[0]!,
});

async function list({ pool, options: { consumer }, print, say }: Call): Promise<void> {
  const { edges, pageInfo } = await readDeadLetters(pool, { consumer, first: pageSize });
  print(edges.map(({ node }) => toLine(node)));
  if (pageInfo.hasNextPage) say(`These are the newest ${pageSize}. The API's deadLetters gives them all.`);
}

async function show({ pool, names, say }: Call): Promise<void> {
  const [id, ...more] = names;
  if (id === undefined || more.length > 0) throw new UsageError('name the id of one dead letter');
  const letter = await readDeadLetter(pool, id);
  if (!letter) {
    say(`there is no dead letter ${id}`);
    process.exitCode = 1;
  } else process.stdout.write(`${JSON.stringify(letter, undefined, 2)}\n`);
}

const change =
  (act: typeof redrive, done: string) =>
  async ({ pool, names, options: { consumer }, say }: Call) => {
    if (consumer === undefined && names.length === 0) {
      throw new UsageError('name the ids of dead letters, or --consumer for all of its own');
    }
    const count = await act(pool, { ids: names.length > 0 ? names : undefined, consumer });
    say(`${count} ${done}`);
    if (count < names.length) process.exitCode = 1;
  };

await runCommand(
  'dead-letters',
  `Events that a consumer gave up, each with its error and a copy of the event. Those behind it went on. Redrive them once
the cause is gone: the handler runs again, and its effect still happens once.`,
  {
    list: { takes: '[--consumer NAME]', about: 'shows the newest', run: list },
    show: { takes: 'ID', about: 'shows one with its event and the whole error, as JSON', run: show },
    redrive: {
      takes: 'ID…|--consumer NAME',
      about: 'gives them to their consumer again',
      run: change(
        redrive,
        'are on their way to their consumer; what fails again becomes a dead letter again',
      ),
    },
    discard: {
      takes: 'ID…|--consumer NAME',
      about: 'lets them go for good',
      run: change(discard, 'are gone for good'),
    },
  },
);
