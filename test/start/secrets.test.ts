/** A mistake in a URL is told without the password that stands in it: by every role, every command, and over HTTP. */
import { describe, expect, test } from 'vitest';
import { freePort } from '../../dev/free-port.ts';
import { ConfigError, readConfig } from '../../src/platform/config.ts';
import { messageOf } from '../../src/platform/errors.ts';
import { stackOf } from '../../src/platform/failures/text.ts';
import { redact } from '../../src/platform/secrets.ts';
import { spawnRole } from '../support/role-process.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

const secret = 'hunter2-Xyz';
const patient = 60_000; // ms; processes take their time to start on a busy machine
const nobody = await freePort(); // nobody answers there

/** Mistakes, with what stands where the password does. */
const shapes: readonly [shape: string, url: (scheme: string, password: string) => string][] = [
  ['a port that is none', (scheme, password) => `${scheme}://user:${password}@localhost:54a2/name`],
  ['no host', (scheme, password) => `${scheme}://user:${password}@:1/name`],
  ['another scheme', (_scheme, password) => `http://user:${password}@localhost/name`],
  ['no scheme', (_scheme, password) => `user:${password}@localhost/name`],
  ['one slash', (scheme, password) => `${scheme}:/user:${password}@localhost/name`],
  ['an @ as it stands', (scheme, password) => `${scheme}://user:1/${password}@localhost/name`],
  ['an @ behind a #', (scheme, password) => `${scheme}://user:1#${password}@localhost/name`],
  ['an @ behind a ?', (scheme, password) => `${scheme}://user:1?${password}@localhost/name`],
  ['a % that encodes nothing', (scheme, password) => `${scheme}://user:${password}%zz@localhost/name`],
  ['quotes and blanks', (scheme, password) => ` "${scheme}://user:${password}@localhost/name"`],
  ['nobody who answers', (scheme, password) => `${scheme}://user:${password}@127.0.0.1:${nobody}/1`],
  ['an unknown host', (scheme, password) => `${scheme}://user:${password}@no-such-host.invalid/1`],
  [
    'the password in the query',
    (scheme, password) => `${scheme}://127.0.0.1:${nobody}/1?password=${password}`,
  ],
  [
    'the password in the query of a URL that is none',
    (scheme, password) => `${scheme}//x?password=${password}`,
  ],
];
const right = { DATABASE_URL: 'postgresql://127.0.0.1:1/none', REDIS_URL: 'redis://127.0.0.1:1' };

describe('a password', () => {
  test.each(shapes)('is not told of a URL with %s', (_shape, url) => {
    for (const [name, scheme] of [
      ['DATABASE_URL', 'postgresql'],
      ['REDIS_URL', 'redis'],
      ['JWKS_URL', 'https'],
    ] as const) {
      const own = `${secret}-${name.length}`; // each is learnt of its own variable
      const text = url(scheme, own);
      let told = '';
      try {
        readConfig({ ...right, [name]: text });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigError);
        told = messageOf(error);
      }
      const quoted = new Error(`cannot use ${text} as it is`, { cause: new Error(`${own} is wrong`) });
      told += messageOf(quoted) + stackOf(quoted) + redact(JSON.stringify({ error: text, own }));
      expect(told).not.toContain(own);
      expect(told).toContain('cannot use');
    }
  });
});

const programs = [
  ['main.ts', 'api'],
  ['main.ts', 'relay'],
  ['main.ts', 'worker'],
  ['main.ts', '--help'],
  ['migrate.ts'],
  ['seed.ts'],
  ['commands/dead-letters.ts', 'list'],
  ['commands/parked.ts', 'list'],
  ['commands/consumers.ts', 'list'],
  ['commands/sagas.ts', 'show', 'x'],
  ['commands/adopt.ts'],
  ['commands/rebuild.ts', 'viewership'],
  ['commands/audit.ts'],
] as const;

/** Each program meets a few of the shapes, and each shape several programs. */
const meetings = programs.map(([file, ...args], at) => {
  const met = Array.from({ length: 2 }, (_, n) => shapes[(at * 2 + n) % shapes.length]!);
  return [[file, ...args].join(' '), file, args, [...met, shapes[10]!]] as const;
});

describe('every program', () => {
  test.each(meetings)('%s', { timeout: 2 * patient }, async (_name, file, args, met) => {
    const meet = async ([shape, url]: (typeof met)[number]) => {
      const env = {
        DATABASE_URL: url('postgresql', secret),
        REDIS_URL: url('redis', secret),
        JWKS_URL: url('https', secret),
        JWT_SECRET: `${secret}-too-short`,
      };
      const { code, stdout, stderr } = await runCommand(file, args, env);
      if (args[0] === '--help') expect(code).toBe(0);
      else expect(code, `${shape}: ${stderr}`).toBeOneOf([1, 2]);
      expect(stdout + stderr, shape).not.toContain(secret);
      expect(stdout + stderr, shape).not.toBe('');
    };
    await Promise.all(met.map(meet));
  });
});

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
/** For which the keys have to be fetched */
const token = `${encode({ alg: 'RS256', kid: 'a' })}.${encode({ sub: 'ada', exp: 4e9 })}.AAAA`;

test(
  'an api whose stores and keys are away tells no password in its log, in /readyz, in /metrics or to clients',
  async () => {
    await using world = await createWorld();
    const { port } = new URL(world.redis.url);
    const lines: string[] = [];
    const env = {
      REDIS_URL: `redis://:${secret}@127.0.0.1:${port}`,
      JWT_AUDIENCE: 'aorta',
      JWKS_URL: `http://user:${secret}@127.0.0.1:${nobody}/keys?token=${secret}`,
    };
    await using api = spawnRole('api', { ...world.env, ...env }, [], (line) => lines.push(line));
    await api.waitForLog('api.started', { timeoutMs: patient });
    await world.redis.kill();
    const seen = async (path: string, init?: RequestInit) => {
      const response = await fetch(`${world.apiUrl}${path}`, init);
      return `${response.status} ${await response.text()}`;
    };
    const ready = await until(
      async () => {
        const answer = await seen('/readyz');
        return answer.includes('redis') && answer;
      },
      { timeoutMs: patient },
    );
    const answer = await seen('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ query: '{ __typename }' }),
    });
    const everything = [ready, answer, await seen('/metrics'), ...lines].join('\n');
    expect(everything).not.toContain(secret);
    expect(api.logs.some(({ msg }) => msg === 'redis.away')).toBe(true);
  },
  2 * patient,
);
