/** npm run consumers: who reacts to events, how far they are, and what they hold back. */
import { type ConsumerStatus, readConsumerStatuses } from '../../operations/consumer-status.ts';
import { deregisterConsumer, readPins } from '../../operations/deregister.ts';
import { watchDrain } from '../../operations/drain.ts';
import { type Change, changeConsumer } from '../../operations/pause.ts';
import { type Call, runCommand } from './command.ts';
import { UsageError } from './program.ts';

async function list({ pool, queues, print }: Call): Promise<void> {
  const statuses = await readConsumerStatuses(pool, await queues());
  const pins = await readPins(pool);
  print(statuses.map((status) => ({ ...status, ...pins.get(status.consumer) })));
}

const change = (kind: Change, done: string) => async (call: Call) => {
  const name = oneName(call);
  await changeConsumer(call.pool, await call.queues(), name, kind);
  call.say(`${name} ${done}`);
};

/** Waits until all that is meant to be handled is. What ends the wait early, Ctrl-C too, leaves the consumer draining. */
async function drain(call: Call): Promise<void> {
  const name = oneName(call);
  const queues = await call.queues();
  await changeConsumer(call.pool, queues, name, 'drain');
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  let told = '';
  let last: ConsumerStatus | undefined;
  try {
    for await (last of watchDrain(call.pool, queues, name, interrupt.signal)) {
      const line = `${name}: ${last.lag} to be handled, ${last.active} active${last.paused ? '; it is paused' : ''}`;
      if (line !== told) call.say(line);
      told = line;
    }
  } catch (error) {
    call.say(`${name} goes on draining: "drain" watches it again, "resume" ends it`);
    if (!interrupt.signal.aborted) throw error;
    process.exitCode = 130; // as a shell calls an end by Ctrl-C
    return;
  }
  if (last?.draining) {
    call.say(`${name} has handled all that was committed, and takes nothing more until "resume"`);
    if (last.dead > 0) call.say(`its ${last.dead} dead letters are left`);
  } else {
    call.say(`${name} was resumed meanwhile`);
    process.exitCode = 1;
  }
}

async function deregister(call: Call): Promise<void> {
  const name = oneName(call);
  const { deadLetters } = await deregisterConsumer(call.pool, await call.queues(), name);
  call.say(`${name} is gone: nothing waits for it any more`);
  if (deadLetters > 0) call.say(`its ${deadLetters} dead letters are kept until they are discarded`);
}

function oneName({ names }: Call): string {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) throw new UsageError('name one consumer');
  return name;
}

await runCommand(
  'consumers',
  `Every consumer that has registered is waited for: events that it has not handled are kept, also while no worker runs it.
Deregister one whose code is gone; stop its workers first.`,
  {
    list: { about: 'shows each with its lag, its order, and the position that it holds back', run: list },
    pause: {
      takes: 'NAME',
      about: 'makes it stand still',
      run: change('pause', 'stands still after the work in hand'),
    },
    drain: {
      takes: 'NAME',
      about: 'lets it handle what is committed by now and nothing after, and waits for that',
      run: drain,
    },
    resume: { takes: 'NAME', about: 'lets it go on after either', run: change('resume', 'goes on') },
    deregister: {
      takes: 'NAME',
      about: 'forgets it with its jobs, so that it holds nothing back',
      run: deregister,
    },
  },
);
