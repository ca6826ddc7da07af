/** npm run parked: the events that could not be published. */
import { readParked, republishParked } from '../../outbox/parked.ts';
import { type Call, runCommand } from './command.ts';
import { UsageError } from './program.ts';

const list = async ({ pool, print }: Call) => print(await readParked(pool));

async function republish({ pool, names, options: { all }, say }: Call): Promise<void> {
  if (all === names.length > 0) throw new UsageError('name the ids of the events, or --all');
  const ids = all ? (await readParked(pool)).map(({ id }) => id) : names;
  const wrong = ids.find((id) => !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id));
  if (wrong !== undefined) throw new UsageError(`"${wrong}" is not the id of an event`);
  const count = await republishParked(pool, ids);
  say(
    `${count} of ${ids.length} events are in the log again; what cannot be published yet will be parked again`,
  );
  if (count < ids.length) process.exitCode = 1;
}

await runCommand(
  'parked',
  `Events that the relay took out of the log, because Redis does not take a value of their size (proto-max-bulk-len) or
because no code that runs knows their type. Those behind them went on. Once the reason is gone, republish them: they get
new positions and keep their ids, so that no consumer handles one twice.`,
  {
    list: { about: 'shows each with its reason, the oldest first', run: list },
    republish: { takes: 'ID…|--all', about: 'writes them to the log again', run: republish },
  },
);
