/** The load client, as the bench that started it sees it. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  BeginCommand,
  LoadCommand,
  LoadCount,
  LoadEnd,
  LoadMessage,
  LoadProgress,
  OpenCommand,
} from './load-protocol.ts';

export interface Load extends AsyncDisposable {
  /** Opens the sockets and subscribes each; those of an earlier `open` must have been closed. */
  open(command: OpenCommand): Promise<void>;
  /** Counts from zero. Nothing may be on its way to the sockets. */
  begin(command: BeginCommand): Promise<void>;
  count(): Promise<LoadCount>;
  end(): Promise<LoadEnd>;
  /** Ends all connections at once. */
  close(): Promise<void>;
  /** Is told of progress until it is called again with another. */
  onProgress(listen: (progress: LoadProgress) => void): void;
}

/** Starts a load client. It ends with this process. */
export function startLoad(): Load {
  const child = fork(fileURLToPath(new URL('load-client.ts', import.meta.url)), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let listen: (progress: LoadProgress) => void = () => {};
  const send = commands(child, (progress) => listen(progress));
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    open: async (command) => void (await send({ do: 'open', ...command })),
    begin: async (command) => void (await send({ do: 'begin', ...command })),
    count: () => send({ do: 'count' }) as Promise<LoadCount>,
    end: () => send({ do: 'end' }) as Promise<LoadEnd>,
    close: async () => void (await send({ do: 'close' })),
    onProgress(next) {
      listen = next;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Commands are answered in the order in which they were given. */
function commands(child: ChildProcess, onProgress: (progress: LoadProgress) => void) {
  const waiting: PromiseWithResolvers<unknown>[] = [];
  child.on('message', (message: LoadMessage) => {
    if ('progress' in message) onProgress(message.progress);
    else if ('failed' in message) waiting.shift()?.reject(new Error(`load client: ${message.failed}`));
    else waiting.shift()?.resolve(message.answer);
  });
  child.once('close', (code, signal) => {
    const error = new Error(`the load client ended with ${signal ?? `code ${code}`}`);
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return (command: LoadCommand): Promise<unknown> => {
    const reply = Promise.withResolvers<unknown>();
    waiting.push(reply);
    child.send(command, (error) => error && reply.reject(error));
    return reply.promise;
  };
}
