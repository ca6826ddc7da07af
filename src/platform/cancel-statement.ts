import pg from 'pg';

const mostMs = 5_000;

interface Known {
  readonly processID: number;
  readonly secretKey: number;
  readonly host: string;
  readonly port: number;
  readonly ssl: pg.ConnectionConfig['ssl'];
}

interface Cancelling extends pg.Connection {
  connect(portOrPath: number | string, host?: string): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Asks PostgreSQL to end what this connection is at work on. It needs no connection of a pool and no sign-in: the
 * request is a message of the protocol (CancelRequest), on a socket of its own. Settles when the server has seen to it, or
 * cannot be reached.
 */
export function cancelStatement(client: pg.ClientBase): Promise<void> {
  const { processID, secretKey, host, port, ssl } = client as unknown as Known;
  const connection = new pg.Connection({ ssl } as pg.ConnectionConfig) as Cancelling;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => connection.stream.destroy(), mostMs);
  const ask = () => connection.cancel(processID, secretKey);
  // the server closes the socket once it has passed the request on
  connection.on('end', () => {
    clearTimeout(timer);
    resolve();
  });
  connection.on('error', () => connection.stream.destroy());
  connection.once(ssl ? 'sslconnect' : 'connect', ask);
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  return promise;
}
