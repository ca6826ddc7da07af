/** Requests over HTTP: from almost right to no HTTP at all. Event streams are asked for like this too. */
import fc from 'fast-check';
import type { RequestAttack, Text } from '../attack.ts';
import { cursors } from './cursors.ts';
import { operations } from './documents.ts';
import { jsons, texts, words } from './text.ts';
import { authorizations } from './tokens.ts';

type Header = readonly [string, Text];

const inHeader = (text: string) => text.replace(/[^\x20-\x7e\x80-\xff]/g, '?');

const accepts = fc.constantFrom(
  'application/json',
  'application/graphql-response+json',
  'text/event-stream',
  'TEXT/Event-Stream;q=0.5, application/json;q=0.1',
  'application/graphql-response+json, application/json, text/event-stream, multipart/mixed',
  '*/*;q=0',
  'text/html',
  ',,;;q=',
  '',
);
const contentTypes = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/graphql',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'APPLICATION/JSON',
  '',
);

const optionalHeaders: fc.Arbitrary<Header> = fc.oneof(
  authorizations.map((value): Header => ['authorization', value]),
  cursors.map((value): Header => ['last-event-id', [inHeader(value)]]),
  words.map((value): Header => ['x-correlation-id', [inHeader(value)]]),
  fc
    .constantFrom('null', 'http://evil.example', 'http://127.0.0.1', 'file://', 'a b')
    .map((value): Header => ['origin', [value]]),
  fc
    .constantFrom('gzip', 'br', 'deflate', 'identity', 'zip', 'gzip, gzip')
    .map((value): Header => ['content-encoding', [value]]),
  fc.constantFrom('100-continue', 'x').map((value): Header => ['expect', [value]]),
  fc.constantFrom('websocket', 'h2c').map((value): Header => ['upgrade', [value]]),
  fc.constantFrom('upgrade', 'close', 'keep-alive').map((value): Header => ['connection', [value]]),
  fc
    .tuple(
      fc.constantFrom('x-forwarded-for', 'x-forwarded-host', 'forwarded', 'cookie', 'if-none-match', 'range'),
      words,
    )
    .map(([name, value]): Header => [name, [inHeader(value)]]),
);

const hosts = fc.oneof(
  { weight: 9, arbitrary: fc.constant('127.0.0.1') },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constantFrom('a b', '[', '127.0.0.1:99999', 'evil.example', '', '@', '%'),
      words.map(inHeader),
    ),
  },
);

const bodies: fc.Arbitrary<Text> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(operations, fc.option(jsons), fc.option(cursors))
      .map(
        ([{ query, variables }, operationName, after]): Text => [
          '{"query":"',
          ...query.map((part) => (typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : part)),
          `","variables":${JSON.stringify(variables ?? null)}`,
          operationName === null ? '' : `,"operationName":${JSON.stringify(operationName) ?? 'null'}`,
          after === null ? '' : `,"extensions":{"after":${JSON.stringify(after)}}`,
          '}',
        ],
      ),
  },
  { weight: 1, arbitrary: jsons.map((json): Text => [JSON.stringify(json) ?? '']) },
  { weight: 1, arbitrary: texts },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(1_000, 150_000)
      .map(
        (times): Text => [
          '{"query":"{ head }","variables":',
          { repeat: '[', times },
          { repeat: ']', times },
          '}',
        ],
      ),
  },
);

const targets: fc.Arbitrary<Text> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Text>(['/graphql']) },
  {
    weight: 4,
    arbitrary: operations
      .filter(({ query }) => query.every((part) => typeof part === 'string') && String(query).length < 2_000)
      .map(
        ({ query, variables }): Text => [
          `/graphql?query=${encodeURIComponent(query.join('').toWellFormed())}&variables=${encodeURIComponent((JSON.stringify(variables) ?? '').slice(0, 3_000).toWellFormed())}`,
        ],
      ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Text>(
      ['/'],
      ['//'],
      ['*'],
      ['/graphql?query=%'],
      ['/graphql?variables={&query={head}'],
      ['/graphql/../metrics'],
      ['http://[/graphql'],
      ['/readyz'],
      ['/nothing'],
      ['/graphql/stream'],
      ['/graphql?', { repeat: 'a=b&', times: 3_000 }],
    ),
  },
);

export const requests: fc.Arbitrary<RequestAttack> = fc
  .record({
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constant('POST') },
      { weight: 4, arbitrary: fc.constant('GET') },
      {
        weight: 1,
        arbitrary: fc.constantFrom('PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'CONNECT', 'FOO'),
      },
    ),
    target: targets,
    host: hosts,
    accept: accepts,
    contentType: contentTypes,
    more: fc.array(optionalHeaders, { maxLength: 3 }),
    body: bodies,
    framing: fc.oneof(
      { weight: 6, arbitrary: fc.constant('length' as const) },
      { weight: 2, arbitrary: fc.constant('chunked' as const) },
      { weight: 1, arbitrary: fc.constantFrom('none' as const, 'wrong length' as const) },
    ),
    sending: fc.oneof(
      { weight: 8, arbitrary: fc.constant('whole' as const) },
      { weight: 1, arbitrary: fc.constantFrom('pieces' as const, 'half' as const, 'cut' as const) },
    ),
  })
  .map(({ method, target, host, accept, contentType, more, body, framing, sending }) => {
    const bodiless = ['GET', 'HEAD', 'TRACE'].includes(method);
    const typed: Header[] = bodiless || contentType === '' ? [] : [['content-type', [contentType]]];
    return {
      transport: 'http' as const,
      method,
      target,
      headers: [['host', [host]], ['accept', [accept]], ...typed, ...more],
      body: bodiless ? [] : body,
      framing: bodiless ? 'none' : framing,
      sending,
    };
  });
