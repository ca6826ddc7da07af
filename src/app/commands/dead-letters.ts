/** npm run dead-letters: events that a consumer could not handle. */
import { discard, type LetterChoice, redrive } from '../../operations/dead-letter-actions.ts';
import { type DeadLetter, readDeadLetter, readDeadLetters } from '../../operations/dead-letters.ts';
import { headlineOf } from '../../platform/failures/headline.ts';
import { type Call, runCommand } from './command.ts';
import { UsageError } from './program.ts';

const pageSize = 500;
const maxErrorLength = 200; // `show` gives all of it

/** One line of the list. */
const toLine = ({ event, failedAt, error, ...letter }: DeadLetter) => ({
  id: letter.id,
  consumer: letter.consumer,
  status: letter.status,
  waitsFor: letter.waitsFor,
  type: event.type,
  aggregateId: event.aggregateId,
  attempts: letter.attempts,
  failedAt,
  error: headlineOf(error, maxErrorLength),
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

async function sendAgain(call: Call): Promise<void> {
  const { count, first } = await redrive(call.pool, choiceOf(call));
  call.say(`${count} are on their way to their consumer; what fails again becomes a dead letter again`);
  for (const id of first) call.say(`${id} goes first: it is what others of them wait for`);
  if (count < call.names.length) process.exitCode = 1;
}

async function letGo(call: Call): Promise<void> {
  const count = await discard(call.pool, choiceOf(call));
  call.say(`${count} are gone for good; what waited for them alone is handled now`);
  if (count < call.names.length) process.exitCode = 1;
}

function choiceOf({ names, options: { consumer } }: Call): LetterChoice {
  if (consumer === undefined && names.length === 0) {
    throw new UsageError('name the ids of dead letters, or --consumer for all of its own');
  }
  return { ids: names.length > 0 ? names : undefined, consumer };
}

await runCommand(
  'dead-letters',
  `Events that a consumer gave up, each with its error and a copy of the event. Those behind it went on; where the consumer
keeps order, those with the same ordering key wait for it as dead letters too. Redrive them once the cause is gone: the
handler runs again, and its effect still happens once.`,
  {
    list: { takes: '[--consumer NAME]', about: 'shows the newest', run: list },
    show: { takes: 'ID', about: 'shows one with its event and the whole error, as JSON', run: show },
    redrive: {
      takes: 'ID…|--consumer NAME',
      about: 'gives them to their consumer again, what they wait for first',
      run: sendAgain,
    },
    discard: {
      takes: 'ID…|--consumer NAME',
      about: 'lets them go for good, so that what waits for them goes on',
      run: letGo,
    },
  },
);
