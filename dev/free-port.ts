import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A TCP port that nobody listens on. Taken from below 32768, because the system lends ports above it to outgoing
 * connections at any moment.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port)) return port;
  }
}

/** Whether nobody listens on the port at this moment. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
