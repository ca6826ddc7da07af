/** What is told of an event that was not handled: the log and the operators' commands have all of it, clients a line. */
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { redrive } from '../../src/operations/dead-letter-actions.ts';
import { processor, queueReaction, type Reaction } from '../../src/workers/reaction.ts';
import { tumbling } from '../../src/workers/windows/tumbling.ts';
import type { LogLine } from '../support/role-process.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { createWorkerWorld, poked } from './support.ts';

const name = 'faulty';
const retry = { attempts: 2, firstMs: 10 };
const patience = { timeoutMs: 45_000 };

/** A bug in a function of the handler's own, two frames deep. */
async function chargeTheCard(): Promise<never> {
  const cause = new Error('the socket hung up');
  throw new Error('the card was refused', { cause });
}

const kinds: readonly [kind: string, reaction: Reaction][] = [
  ['queue', queueReaction({ name, events: [poked], retry, handle: () => chargeTheCard() })],
  [
    'queue in order',
    queueReaction({
      name,
      events: [poked],
      retry,
      ordered: { by: 'aggregate', lanes: 1 },
      handle: () => chargeTheCard(),
    }),
  ],
  ['batch', queueReaction({ name, events: [poked], retry, handleBatch: () => chargeTheCard() })],
  ['processor', processor({ name, events: [poked], retry, handle: () => chargeTheCard() })],
  [
    'window',
    tumbling({
      name,
      events: [poked],
      tables: [],
      retry,
      sizeMs: 60_000,
      allowedLatenessMs: 0,
      onPoison: 'park', // by default it holds its slot, and is tried for ever
      late: 'ignore',
      key: () => 'all',
      state: z.number(),
      initial: 0,
      fold: () => {
        throw new Error('the card was refused', { cause: new Error('the socket hung up') });
      },
      closed: async () => {},
    }),
  ],
];

test.each(kinds)(
  'each failure of a %s is logged with its stack, its causes, the event and the correlation id, and kept with them',
  async (_kind, reaction) => {
    const { lines, logger } = listen();
    await using world = await createWorkerWorld(logger);
    await world.poke(7);
    await world.run(reaction);
    const told = await until(() => lines.find(({ msg }) => msg.endsWith('.dead_letter')), patience);
    const failed = lines.find(({ msg }) => msg.endsWith('.failed'));
    const { rows } = await world.pool.query<{ id: string; eventId: string; error: string }>(
      'SELECT id, event_id AS "eventId", error FROM dead_letter',
    );
    const [letter] = rows;
    const stack = expect.stringMatching(
      /the card was refused\n +at .*failures\.test\.ts.*Caused by: Error: the socket hung up\n +at /s,
    );
    const place = { consumer: name, eventId: letter!.eventId, type: 'test.poked', correlationId: 'test' };
    expect(failed).toMatchObject({ ...place, error: 'the card was refused', stack });
    expect(told).toMatchObject({ ...place, error: 'the card was refused', stack });
    expect(letter!.error).toEqual(stack);

    const { stdout } = await runCommand('commands/dead-letters.ts', ['show', letter!.id], {
      DATABASE_URL: world.url,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      error: stack,
      event: { correlationId: 'test', type: 'test.poked' },
    });
  },
);

test('a dead letter of a processor that fails again when it is redriven is told of like the first time', async () => {
  const { lines, logger } = listen();
  await using world = await createWorkerWorld(logger);
  await world.poke(7);
  await world.run(processor({ name, events: [poked], retry, handle: () => chargeTheCard() }));
  const told = () => lines.filter(({ msg }) => msg === 'processor.dead_letter');
  await until(() => told().length === 1, patience);
  await world.pool.query("UPDATE dead_letter SET error = ''");
  await redrive(world.pool, { consumer: name });
  await until(() => told().length === 2, patience);
  expect(told()[1]).toMatchObject({
    correlationId: 'test',
    stack: expect.stringContaining('failures.test.ts'),
  });
  const { rows } = await world.pool.query<{ error: string }>('SELECT error FROM dead_letter');
  expect(rows).toEqual([{ error: expect.stringContaining('failures.test.ts') }]);
});

/** A logger, and what it has written so far. */
function listen() {
  const lines: LogLine[] = [];
  const stream = new Writable({
    write(line, _encoding, done) {
      lines.push(JSON.parse(String(line)));
      done();
    },
  });
  return { lines, logger: pino({}, stream) };
}
