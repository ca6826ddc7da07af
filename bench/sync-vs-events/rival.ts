/**
 * The architecture without events: one mutation that calls the seven services in series, each in a transaction of its
 * own, with the code that runs in production. Its argument, if any, names a service that is down.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchema, createYoga } from 'graphql-yoga';
import { startWatching } from '../../src/domains/streaming/commands.ts';
import { requestCause } from '../../src/events/envelope.ts';
import { createOutbox } from '../../src/outbox/transaction.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { createCallService } from './call-service.ts';
import { reactingServices, work } from './services.ts';

const config = readConfig(process.env);
const down = process.argv[2];
const logger = createLogger('rival', config.LOG_LEVEL);
const { prisma, pool } = openDatabase({ url: config.DATABASE_URL, application: 'aorta-bench-rival' });
const outbox = createOutbox({ prisma, pool, nudge: () => {} }); // nobody listens
const services = reactingServices(() => {});
const { readEvent, callService } = createCallService({ outbox, pool, logger });

const schema = createSchema({
  typeDefs: `
    type Query { services: [String!]! }
    type Mutation { startWatching(userId: ID!, videoId: ID!): WatchSession! }
    type WatchSession { id: ID! }`,
  resolvers: {
    Query: { services: () => services.map(({ name }) => name) },
    Mutation: {
      async startWatching(_parent: unknown, { userId, videoId }: { userId: string; videoId: string }) {
        await work();
        const args = { userId, videoId, quality: 'HD' } as const;
        const session = await startWatching(outbox, requestCause(crypto.randomUUID()), args, new Date());
        const event = await readEvent(session.id);
        for (const service of services) {
          if (service.name === down) throw new Error(`${service.name} does not answer`);
          await work();
          await callService(service, event);
        }
        return session;
      },
    },
  },
});

const server = createServer(createYoga({ schema, logging: false }));
server.listen(config.PORT, config.HOST, () => {
  const { port } = server.address() as AddressInfo;
  logger.info({ port }, 'rival.started');
});
