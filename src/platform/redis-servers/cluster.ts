/** Which node of a Redis Cluster serves a slot, asked of any node that answers. */
import { askServer } from './ask-server.ts';
import { type Endpoint, type RedisServers, sentinelForm } from './servers.ts';
import { shuffled } from './shuffled.ts';

type Nodes = Extract<RedisServers, { kind: 'cluster' }>;

interface Range {
  readonly from: number;
  readonly to: number;
  readonly master: Endpoint;
  readonly nodes: readonly Endpoint[];
}

export interface Cluster {
  /** The master of the slot, or any master. Throws when no node answers, or none serves the slot. */
  masterOf(slot: number | undefined): Promise<Endpoint>;
  masters(): Promise<readonly Endpoint[]>;
}

/** Remembers the nodes that it heard of: those of the URL may be gone one day. */
export function openCluster({ nodes, access }: Nodes): Cluster {
  let known = nodes;
  const ranges = async (): Promise<readonly Range[]> => {
    let failure: unknown;
    for (const node of shuffled(known)) {
      try {
        const found = await askServer(node, access, (redis) => redis.cluster('SLOTS'));
        const answer = (found as unknown as Slots).map((range) => toRange(range, node));
        known = unique([...nodes, ...answer.flatMap((range) => range.nodes)]);
        return answer;
      } catch (error) {
        failure = explained(error);
      }
    }
    throw failure;
  };
  return {
    async masterOf(slot) {
      const all = await ranges();
      const range =
        slot === undefined ? shuffled(all)[0] : all.find(({ from, to }) => from <= slot && slot <= to);
      if (!range) throw new Error(`no node of the Cluster serves slot ${slot ?? 'any'}`);
      return range.master;
    },
    masters: async () => unique((await ranges()).map(({ master }) => master)),
  };
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error && error.message.includes('cluster support disabled'))) return error;
  return new Error(
    `it is no node of a Redis Cluster. Write REDIS_URL as redis://host:6379, or with Sentinels as ${sentinelForm}`,
    { cause: error },
  );
}

type Slots = [from: number, to: number, ...nodes: [host: string | null, port: number, ...unknown[]][]][];

/** A node that does not know by what name it is reached leaves its own out. */
function toRange([from, to, ...nodes]: Slots[number], asked: Endpoint): Range {
  const endpoints = nodes.map(([host, port]) => ({ host: host || asked.host, port }));
  return { from, to, master: endpoints[0]!, nodes: endpoints };
}

function unique(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [`${endpoint.host}:${endpoint.port}`, endpoint])).values()];
}
