/**
 * How a connection comes to a server that must be looked up: with each attempt anew. Such a connection is one to one
 * server, like any other: when another server takes its place, this one closes.
 */
import { connect, Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import type { Endpoint } from './servers.ts';

/** The connector of connections to what `find` gives, whenever they connect. Replicas are left at once. */
export function connectorTo(find: () => Promise<Endpoint>): NonNullable<RedisOptions['Connector']> {
  return class extends AbstractConnector {
    readonly #options: RedisOptions;

    constructor(options: unknown) {
      const { disconnectTimeout = 100 } = options as RedisOptions;
      super(disconnectTimeout);
      this.#options = options as RedisOptions;
    }

    override check(info?: { role?: string }): boolean {
      return !info?.role || info.role === 'master';
    }

    async connect() {
      this.connecting = true;
      delete this.firstError;
      try {
        const endpoint = await find();
        if (!this.connecting) throw new Error('Connection is closed.');
        this.stream = this.#options.tls
          ? connectSecurely({ ...endpoint, ...this.#options.tls })
          : connect(endpoint);
        this.stream.once('error', (error: Error) => {
          this.firstError = error;
        });
      } catch (error) {
        // a stream that is closed is tried again like one that closes; a rejection would be the end of the connection
        this.firstError = error as Error;
        this.stream = new Socket().destroy();
      }
      return this.stream;
    }
  };
}
