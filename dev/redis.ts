/** A private Redis server, for the demo, the tests and the benches. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { findRedis } from './redis-binary.ts';
import { onFreePort, type ServerProcess, startServerProcess } from './server-process.ts';

export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends the process at once and waits until it is gone. Without `appendonly` all of its data is lost. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again after `kill`, on the same port and folder. */
  start(): Promise<void>;
  /** Freezes the process: its connections stay open and nothing answers. */
  pause(): void;
  resume(): void;
  /** Ends the server and removes its folder; fine after `kill` and `pause`. */
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** A free one by default */
  readonly port?: number;
  /** Keeps the data over `kill` and `start` */
  readonly appendonly?: boolean;
  /** Extra settings, as `name value` */
  readonly settings?: readonly string[];
}

/** Starts a server with a folder of its own. About 20 ms. Throws PortTakenError when the port asked for is taken. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const command = findRedis();
  const folder = await mkdtemp(path.join(tmpdir(), 'aorta-redis-'));
  const launch = (port: number): Promise<ServerProcess> =>
    startServerProcess({
      name: 'Redis',
      command,
      args: [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
        ...['--appendonly', options.appendonly ? 'yes' : 'no', '--maxmemory-policy', 'noeviction'],
        ...(options.settings ?? []).flatMap(toArguments),
      ],
      ready: 'Ready to accept connections',
      portTaken: 'Address already in use',
      endSignal: 'SIGKILL',
      folder,
    });
  let server: ServerProcess | undefined;
  const tryPort = async (port: number) => {
    server = await launch(port);
    return port;
  };
  let port: number;
  try {
    port = options.port === undefined ? await onFreePort(freePort, tryPort) : await tryPort(options.port);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    await server?.end(signal);
    server = undefined;
  };
  const stop = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    async start() {
      if (server) throw new Error('Redis is running');
      await tryPort(port);
    },
    pause: () => server?.signal('SIGSTOP'),
    resume: () => server?.signal('SIGCONT'),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function toArguments(setting: string): readonly string[] {
  const [name = '', ...value] = setting.split(' ');
  return [`--${name}`, ...value];
}
