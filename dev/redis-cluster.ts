/** A private Redis Cluster: three masters, each with a replica if wanted. */
import { freePort } from './free-port.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { tellRedis } from './tell-redis.ts';
import { untilTrue } from './until-true.ts';

export interface RedisCluster extends AsyncDisposable {
  /** Names every master */
  readonly url: string;
  /** All, masters first */
  readonly nodes: readonly RedisServer[];
  /** Who takes the place of one of the first masters. */
  replicaOf(master: RedisServer): RedisServer;
  /** The master that serves the key's slot now. */
  masterOf(key: string): Promise<RedisServer>;
  stop(): Promise<void>;
}

export interface RedisClusterOptions {
  /** One for each master; default: none */
  readonly replicas?: boolean;
  /** After which a node that does not answer is replaced, ms; default 1000 */
  readonly nodeTimeoutMs?: number;
  /** Extra ones of each node, as `name value` */
  readonly settings?: readonly string[];
}

const slots = 16_384;
const masterCount = 3;

/** About a second, two with replicas. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  await using setup = new AsyncDisposableStack();
  const nodes = await Promise.all(
    Array.from({ length: options.replicas ? 2 * masterCount : masterCount }, async () => {
      const busPort = await freePort();
      return { server: setup.use(await startRedis({ settings: settingsOf(options, busPort) })), busPort };
    }),
  );
  const servers = nodes.map(({ server }) => server);
  const masters = servers.slice(0, masterCount);
  for (const [n, master] of masters.entries()) {
    const [from, to] = [n, n + 1].map((part) => Math.floor((part * slots) / masterCount)) as [number, number];
    await tellRedis(master, 'CLUSTER', 'SET-CONFIG-EPOCH', n + 1);
    await tellRedis(master, 'CLUSTER', 'ADDSLOTSRANGE', from, to - 1);
  }
  const [first, ...others] = nodes;
  for (const { server, busPort } of others) {
    await tellRedis(first!.server, 'CLUSTER', 'MEET', '127.0.0.1', server.port, busPort);
  }
  await untilTrue(() => allOf(servers, (info) => info.includes(`cluster_known_nodes:${nodes.length}`)));
  for (const [n, replica] of servers.slice(masterCount).entries()) {
    const id = await tellRedis(masters[n]!, 'CLUSTER', 'MYID');
    await untilTrue(() => tellRedis(replica, 'CLUSTER', 'REPLICATE', String(id)).then(Boolean, () => false));
    await untilTrue(async () =>
      String(await tellRedis(replica, 'INFO', 'replication')).includes('master_link_status:up'),
    );
  }
  await untilTrue(() => allOf(servers, (info) => info.includes('cluster_state:ok')));
  const owned = setup.move();
  const stop = () => owned.disposeAsync();
  return {
    url: `redis+cluster://${masters.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    nodes: servers,
    replicaOf: (master) => servers[masterCount + masters.indexOf(master)]!,
    async masterOf(key) {
      const answers = await Promise.all(
        servers.map(async (server) => {
          const error = await tellRedis(server, 'GET', key).then(
            () => undefined,
            ({ message }: Error) => message,
          );
          const isOwner = error === undefined || error.startsWith('WRONGTYPE');
          return isOwner && String(await tellRedis(server, 'ROLE')).startsWith('master') ? server : undefined;
        }),
      );
      const owner = answers.find(Boolean);
      if (!owner) throw new Error(`no node serves the slot of ${key}`);
      return owner;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const settingsOf = ({ nodeTimeoutMs = 1_000, settings = [] }: RedisClusterOptions, busPort: number) => [
  'cluster-enabled yes',
  `cluster-port ${busPort}`,
  `cluster-node-timeout ${nodeTimeoutMs}`,
  'cluster-replica-validity-factor 0',
  'repl-diskless-sync-delay 0',
  ...settings,
];

async function allOf(servers: readonly RedisServer[], fits: (info: string) => boolean): Promise<boolean> {
  const infos = await Promise.all(servers.map((server) => tellRedis(server, 'CLUSTER', 'INFO')));
  return infos.every((info) => fits(String(info)));
}
