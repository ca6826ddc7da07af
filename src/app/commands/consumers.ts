/** npm run consumers: who reacts to events, how far they are, and what they hold back. */
import { readConsumerStatuses } from '../../operations/consumer-status.ts';
import { deregisterConsumer, readPins } from '../../operations/deregister.ts';
import { pauseConsumer } from '../../operations/pause.ts';
import { type Call, runCommand, UsageError } from './command.ts';

async function list({ pool, queues, print }: Call): Promise<void> {
  const statuses = await readConsumerStatuses(pool, queues());
  const pins = await readPins(pool);
  print(statuses.map((status) => ({ ...status, ...pins.get(status.consumer) })));
}

const setPaused = (paused: boolean) => async (call: Call) => {
  const name = oneName(call);
  await pauseConsumer(call.pool, call.queues(), name, paused);
  call.say(paused ? `${name} stands still after the work in hand` : `${name} goes on`);
};

async function deregister(call: Call): Promise<void> {
  const name = oneName(call);
  const { deadLetters } = await deregisterConsumer(call.pool, call.queues(), name);
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
    list: { about: 'shows each with its lag, and the position that it holds back', run: list },
    pause: { takes: 'NAME', about: 'makes it stand still', run: setPaused(true) },
    resume: { takes: 'NAME', about: 'lets it go on', run: setPaused(false) },
    deregister: {
      takes: 'NAME',
      about: 'forgets it with its jobs, so that it holds nothing back',
      run: deregister,
    },
  },
);
