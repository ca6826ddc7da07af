/**
 * Ends connections to PostgreSQL that fell silent. TCP holds a half-open connection for many minutes, and a bound on the
 * time of a statement would end long ones that are all right. So when an answer stays away, the server is asked over
 * a new connection whether it is still at work on it; unless it is, the connection is ended and its query fails.
 */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const lookMs = 1_000;
const silenceMs = 4_000; // without a byte while an answer is due
const askMs = 3_000;
const underWayMs = 200; // an answer can be under way while the server already says that it is done

interface Watched {
  readonly socket: Socket;
  readonly processId: number;
  /** Bytes sent when the newest answer was complete: what was sent since waits for one */
  answeredBytes: number;
  /** Bytes received at the last look */
  receivedBytes: number;
  quietSince: number;
}

/**
 * Watches every connection of the pool until it is closed, those that the pool has let go of too. A silent one is ended
 * within 10 s, sooner when the server can be reached anew. Gives what stops the watch once the last one is closed.
 */
export function endSilentConnections(pool: pg.Pool, options: pg.ClientConfig): () => void {
  const open = new Set<Watched>();
  let asking = false;
  let stopping = false;
  const stopWhenEmpty = () => {
    if (stopping && open.size === 0) clearInterval(timer);
  };

  pool.on('connect', (client) => {
    const watched = watch(client);
    open.add(watched);
    watched.socket.once('close', () => {
      open.delete(watched);
      stopWhenEmpty();
    });
  });

  const look = async () => {
    const now = performance.now();
    for (const watched of open) {
      if (watched.socket.bytesRead === watched.receivedBytes && isDue(watched)) continue;
      watched.receivedBytes = watched.socket.bytesRead;
      watched.quietSince = now;
    }
    const silent = [...open]
      .filter(({ quietSince }) => now - quietSince >= silenceMs)
      // as they are now: they may be heard of while the server is asked
      .map(({ socket, processId }) => ({ socket, processId, receivedBytes: socket.bytesRead }));
    if (silent.length === 0 || asking) return;
    asking = true;
    const working = await backendsAtWork(
      options,
      silent.map(({ processId }) => processId),
    );
    await delay(underWayMs);
    for (const { socket, processId, receivedBytes } of silent) {
      if (working.has(processId) || socket.bytesRead !== receivedBytes) continue;
      socket.destroy(new Error('Connection terminated: PostgreSQL fell silent'));
    }
    asking = false;
  };
  const timer = setInterval(() => void look(), lookMs).unref();
  return () => {
    stopping = true;
    stopWhenEmpty();
  };
}

function watch(client: pg.PoolClient): Watched {
  const { connection, processID } = client as pg.PoolClient & { readonly processID: number };
  const socket = connection.stream as Socket;
  const watched: Watched = {
    socket,
    processId: processID,
    answeredBytes: socket.bytesWritten,
    receivedBytes: socket.bytesRead,
    quietSince: performance.now(),
  };
  // first of the listeners: the client's own sends the next query
  connection.prependListener('readyForQuery', () => {
    watched.answeredBytes = socket.bytesWritten;
  });
  return watched;
}

/** Something was sent that is not answered yet, a goodbye included. */
const isDue = ({ socket, answeredBytes }: Watched) => socket.bytesWritten > answeredBytes;

/** Those of the server's processes that are at work; all of them when the server answers, but not that. */
async function backendsAtWork(
  options: pg.ClientConfig,
  processIds: readonly number[],
): Promise<ReadonlySet<number>> {
  const client = new pg.Client({ ...options, connectionTimeoutMillis: askMs, query_timeout: askMs });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ own: number; working: number[] }>(
      `SELECT pg_backend_pid() AS own,
              array(SELECT pid FROM pg_stat_activity
                     WHERE pid = ANY($1) AND (state IS NULL OR state NOT LIKE 'idle%')) AS working`,
      [processIds],
    );
    const { own, working } = rows[0]!;
    // a pooler in between gives numbers of its own: nothing can be said then
    const { processID } = client as pg.Client & { readonly processID: number };
    return new Set(own === processID ? working : processIds);
  } catch (error) {
    return new Set(error instanceof pg.DatabaseError ? processIds : []);
  } finally {
    void client.end().catch(() => {});
  }
}
