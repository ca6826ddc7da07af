/** A private primary with a replica, watched by Sentinels that put the replica in its place when it is gone. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { findRedis } from './redis-binary.ts';
import { onFreePort, startServerProcess } from './server-process.ts';
import { tellRedis } from './tell-redis.ts';
import { untilTrue } from './until-true.ts';

export interface RedisSentinel extends AsyncDisposable {
  /** Names the Sentinels, and the primary by name */
  readonly url: string;
  /** The primary at first */
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  readonly sentinelPorts: readonly number[];
  stop(): Promise<void>;
}

const name = 'mymaster';

export async function startSentinel({ sentinels = 1 } = {}): Promise<RedisSentinel> {
  await using setup = new AsyncDisposableStack();
  const settings = ['repl-diskless-sync-delay 0'];
  const primary = setup.use(await startRedis({ settings }));
  const replica = setup.use(
    await startRedis({ settings: [...settings, `replicaof 127.0.0.1 ${primary.port}`] }),
  );
  await untilTrue(async () =>
    String(await tellRedis(replica, 'INFO', 'replication')).includes('master_link_status:up'),
  );
  const ports: number[] = [];
  for (let n = 0; n < sentinels; n += 1) {
    const folder = await mkdtemp(path.join(tmpdir(), 'aorta-sentinel-'));
    setup.defer(() => rm(folder, { recursive: true, force: true }));
    const port = await onFreePort(freePort, async (port) => {
      const server = await startOne(folder, port, primary.port, Math.ceil((sentinels + 1) / 2));
      setup.defer(() => server.end('SIGKILL'));
      return port;
    });
    ports.push(port);
  }
  for (const port of ports) {
    await untilTrue(async () => {
      const known = await tellRedis({ url: `redis://127.0.0.1:${port}` }, 'SENTINEL', 'REPLICAS', name);
      return (known as unknown[]).length === 1;
    });
  }
  const owned = setup.move();
  const stop = () => owned.disposeAsync();
  return {
    url: `redis+sentinel://${ports.map((port) => `127.0.0.1:${port}`).join(',')}/${name}`,
    primary,
    replica,
    sentinelPorts: ports,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function startOne(folder: string, port: number, primaryPort: number, quorum: number) {
  const file = path.join(folder, 'sentinel.conf'); // which it writes to
  await writeFile(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor ${name} 127.0.0.1 ${primaryPort} ${quorum}`,
      `sentinel down-after-milliseconds ${name} 1000`,
      `sentinel failover-timeout ${name} 5000`,
      '',
    ].join('\n'),
  );
  return startServerProcess({
    name: 'Sentinel',
    command: findRedis(),
    args: [file, '--sentinel'],
    ready: '+monitor master',
    portTaken: 'Address already in use',
    endSignal: 'SIGKILL',
    folder,
  });
}
