/** The load client: a process of its own that holds all subscribers' sockets and counts what they receive. */
import type { BeginCommand, LoadCommand, LoadMessage, OpenCommand } from './load-protocol.ts';
import { openSubscriber, type SubscriberOptions, type SubscriberSocket } from './subscriber-socket.ts';
import { createTally, type Tally } from './tally.ts';

const openedAtOnce = 100; // below what a listening socket queues

const uncounted: BeginCommand = { checked: 0, first: undefined, receipts: false };
let sockets: readonly SubscriberSocket[] = [];
let tally: Tally = createTally(0, uncounted, () => {});
let isTold = true;

process.on('message', (command: LoadCommand) => {
  obey(command).then(
    (answer) => tell({ answer }),
    (error: Error) => tell({ failed: error.message }),
  );
});
process.on('disconnect', () => process.exit());

const tell = (message: LoadMessage) => void process.send?.(message);

async function obey(command: LoadCommand) {
  switch (command.do) {
    case 'open':
      await openAll(command);
      break;
    case 'begin':
      tally = createTally(sockets.length, command, tellProgress);
      break;
    case 'count':
      return tally.count();
    case 'end':
      return tally.end();
    case 'close':
      for (const socket of sockets) socket.close();
      sockets = [];
      break;
    default:
      return command satisfies never;
  }
  return { sockets: sockets.length };
}

async function openAll({ port, path, sockets: wanted, query, variables }: OpenCommand): Promise<void> {
  const opened: SubscriberSocket[] = [];
  tally = createTally(wanted, uncounted, tellProgress);
  let begun = 0;
  const openNext = async () => {
    while (begun < wanted) {
      const number = begun;
      begun += 1;
      const own = variables[variables.length === 1 ? 0 : number];
      opened[number] = await openPatiently({
        port,
        path,
        subscribe: query === undefined ? undefined : { query, ...(own ? { variables: own } : {}) },
        onNext: (bytes, start, end) => tally.received(number, bytes, start, end),
        onLost: (why) => tally.fault(`socket ${number} was lost: ${why}`),
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(wanted, openedAtOnce) }, openNext));
  sockets = opened;
}

/** A busy server may drop a connection before it has answered: a client connects again, and none is measured yet. */
async function openPatiently(options: SubscriberOptions): Promise<SubscriberSocket> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await openSubscriber(options);
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** Told after the other sockets of this turn were read: a message for each event would be work beside the measuring. */
function tellProgress(): void {
  if (!isTold) return;
  isTold = false;
  setImmediate(() => {
    isTold = true;
    tell({ progress: tally.progress() });
  });
}
