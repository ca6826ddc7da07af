/** Sockets: messages of the protocol with wrong contents, in the wrong order, and frames that are none. */
import fc from 'fast-check';
import type { Frame, SocketAttack, Text } from '../attack.ts';
import { cursors } from './cursors.ts';
import { operations } from './documents.ts';
import { jsons, texts, words } from './text.ts';
import { authorizations } from './tokens.ts';

const text = (message: unknown): Frame => ({ kind: 'text', text: [JSON.stringify(message) ?? ''] });

const ids: fc.Arbitrary<Text> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Text>(['1'], ['2'], ['__proto__'], ['3']) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Text>(
      [''],
      [{ repeat: 'i', times: 200 }],
      [{ repeat: 'i', times: 1_000_000 }],
      [{ repeat: 'é', times: 100 }],
    ),
  },
);

const subscribes: fc.Arbitrary<Frame> = fc.tuple(ids, operations, fc.option(cursors)).map(
  ([id, { query, variables }, after]): Frame => ({
    kind: 'text',
    text: [
      '{"type":"subscribe","id":"',
      ...id,
      '","payload":{"query":"',
      ...query.map((part) => (typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part)),
      `","variables":${JSON.stringify(variables ?? null)}`,
      after === null ? '}}' : `,"extensions":{"after":${JSON.stringify(after)}}}}`,
    ],
  }),
);

const completes = ids.map(
  (id): Frame => ({ kind: 'text', text: ['{"type":"complete","id":"', ...id, '"}'] }),
);

const pings: fc.Arbitrary<Frame> = fc.oneof(
  jsons.map((payload) => text({ type: 'ping', payload })),
  fc.constantFrom(100, 150_000).map(
    (times): Frame => ({
      kind: 'text',
      text: ['{"type":"ping","payload":', { repeat: '{"1":', times }, '1', { repeat: '}', times }, '}'],
    }),
  ),
);

const others: fc.Arbitrary<Frame> = fc.oneof(
  fc
    .tuple(fc.constantFrom('connection_init', 'pong', 'next', 'connection_ack', 'nothing'), jsons)
    .map(([type, payload]) => text({ type, payload })),
  jsons.map(text),
  texts.map((given): Frame => ({ kind: 'text', text: given })),
  texts.map((given): Frame => ({ kind: 'binary', text: given })),
  fc.constant<Frame>({ kind: 'ping' }),
  // no mask, a reserved opcode, a length that is never sent, a continuation of nothing, a close with a code that is none
  fc
    .constantFrom(
      '810141',
      '8b8000000000',
      '81ff7fffffffffffffff00000000',
      '808000000000',
      '8882000000000001',
      'ff',
    )
    .map((hex): Frame => ({ kind: 'raw', hex })),
);

const inits: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(text({ type: 'connection_init' })) },
  {
    weight: 2,
    arbitrary: authorizations.map(
      (token): Frame => ({
        kind: 'text',
        text: [
          '{"type":"connection_init","payload":{"Authorization":"',
          ...token.map((part) => (typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part)),
          '"}}',
        ],
      }),
    ),
  },
  { weight: 1, arbitrary: jsons.map((payload) => text({ type: 'connection_init', payload })) },
);

const flood: fc.Arbitrary<readonly Frame[]> = fc
  .tuple(subscribes, fc.constantFrom(5, 60, 300))
  .map(([frame, count]) => Array.from({ length: count }, () => frame));

export const sockets: fc.Arbitrary<SocketAttack> = fc
  .record({
    protocols: fc.oneof(
      { weight: 12, arbitrary: fc.constant(['graphql-transport-ws']) },
      { weight: 1, arbitrary: fc.constantFrom([], ['graphql-ws'], ['graphql-ws', 'graphql-transport-ws']) },
    ),
    origin: fc.option(fc.constantFrom('null', 'http://evil.example', 'http://127.0.0.1'), { freq: 8 }),
    init: fc.option(inits, { freq: 8 }),
    frames: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: subscribes },
        { weight: 1, arbitrary: completes },
        { weight: 1, arbitrary: pings },
        { weight: 2, arbitrary: others },
        { weight: 3, arbitrary: fc.constant<Frame>({ kind: 'listen' }) },
      ),
      { maxLength: 8 },
    ),
    flood: fc.option(flood, { freq: 12 }),
    leaving: fc.constantFrom('close' as const, 'terminate' as const, 'deaf' as const),
    header: fc.option(
      words.map((word) => word.replace(/[^\x20-\x7e]/g, '?')),
      { freq: 8 },
    ),
  })
  .map(({ protocols, origin, init, frames, flood: many, leaving, header }) => ({
    transport: 'socket' as const,
    protocols,
    headers: [
      ...(origin === null ? [] : [['origin', origin] as const]),
      ...(header === null ? [] : [['authorization', header] as const]),
    ],
    frames: [...(init === null ? [] : [init, { kind: 'listen' } as const]), ...frames, ...(many ?? [])],
    leaving,
  }));
