import type { Server } from 'node:net';
import { messageOf } from './errors.ts';

/** A process cannot listen where its settings say; the message names them. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

export interface Place {
  readonly host: string;
  readonly port: number;
  /** The setting that the port is from */
  readonly setting: 'PORT' | 'HEALTH_PORT';
}

/** Settled once the server listens. Throws a ListenError. */
export async function listen(server: Server, { host, port, setting }: Place): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'EADDRINUSE'
        ? 'it is taken by another process. Stop that one, or choose another port'
        : code === 'EACCES'
          ? 'this user may not. Choose a port from 1024 up'
          : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
            ? 'this machine has no such address. Set HOST to one that it has, or to 0.0.0.0 for all'
            : messageOf(error);
    throw new ListenError(`Cannot listen on port ${port} of ${host} (${setting}, HOST): ${why}.`, {
      cause: error,
    });
  }
}
