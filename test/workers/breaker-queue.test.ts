import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { createBreaker } from '../../src/workers/breaker.ts';
import { queueReaction } from '../../src/workers/reaction.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, poked, range } from './support.ts';

test('while the other side is away events wait for it, and use up no attempts', async () => {
  await using world = await createWorkerWorld();
  const port = await freePort();
  const server = createServer((_, response) => response.end());
  const breaker = createBreaker({ name: 'mailer', failures: { inARow: 1 }, openMs: 50 });
  let calls = 0;
  await world.run(
    queueReaction({
      name: 'mailing',
      events: [poked],
      retry: { attempts: 2, firstMs: 1 },
      async handle(tx, event, context) {
        await breaker.call(context, async (signal) => {
          calls += 1;
          await fetch(`http://127.0.0.1:${port}`, { signal });
        });
        await tx.$executeRaw`INSERT INTO effect (n) VALUES (${event.payload.n})`;
      },
    }),
  );
  await world.poke(...range(5));
  await until(() => calls >= 15, { message: 'it was tried again, more often than there are attempts' });
  expect(await world.effects()).toEqual([]);

  await once(server.listen(port, '127.0.0.1'), 'listening');
  await using _ = { [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')) };
  await until(async () => (await world.effects()).length === 5);
  expect((await world.effects()).toSorted()).toEqual(range(5));
  expect(breaker.state).toBe('closed');
  expect(await world.database.prisma.deadLetter.count()).toBe(0);
  const handled = await world.database.prisma.inbox.findMany();
  expect(handled.map(({ attempts }) => attempts)).toEqual(range(5).map(() => 1));
});
