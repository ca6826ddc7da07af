/** What strangers send, and what an outage does to every request, makes a bounded number of lines; none is left out uncounted. */
import { expect, test } from 'vitest';
import { createOwnPostgresWorld } from '../recovery/own-postgres.ts';
import { request } from '../support/graphql-client.ts';
import { open } from '../support/protocol-socket.ts';
import { type LogLine, spawnRole } from '../support/role-process.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

const patient = 60_000; // ms; processes take their time to start on a busy machine
const many = 200;
const mostWhole = 25; // lines of one message that are written before they are counted
const numbers = Array.from({ length: many }, (_, n) => n);

const bad = (n: number) =>
  [
    `{ nothing${n} }`,
    `{ head`,
    `query ($v: ID!) { videos(first: $v) { edges { node { id } } } } # ${n}`,
    `{ events(after: "no cursor ${n}") { edges { node { id } } } }`,
    `mutation { startWatching(userId: "u${n}", videoId: "no film ${n}") { id } }`,
    `{ deadLetters(after: "${n}") { edges { node { id } } } }`,
    `subscription { events(after: "no cursor ${n}") { id } }`,
    `subscription { events @skip(if: true) { id } } # ${n}`,
  ][n % 8]!;

/** Those written whole, and those that the summaries count, of one message. */
const countOf = (logs: readonly LogLine[], msg: string) => {
  const own = logs.filter((line) => line.msg === msg);
  const whole = own.filter(({ repeated }) => repeated === undefined);
  const counted = own.reduce((sum, { repeated }) => sum + Number(repeated ?? 0), 0);
  return { whole: whole.length, all: whole.length + counted };
};

test(
  'bad documents, bodies and tokens, over HTTP and over a socket, make no more lines the more of them come',
  async () => {
    await using world = await createWorld();
    const env = { ...world.env, JWT_SECRET: 'a secret that is long enough for HS256' };
    const lines: string[] = [];
    await using api = spawnRole('api', env, [], (line) => lines.push(line));
    await api.waitForLog('api.started', { timeoutMs: patient });
    await using socket = await open(world.apiUrl);
    socket.send({ type: 'connection_init' });
    await socket.received(({ type }) => type === 'connection_ack');
    for (const n of numbers) {
      const answers = await Promise.all([
        request(world.apiUrl, bad(n)),
        fetch(`${world.apiUrl}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer forged${n}` },
          body: n % 2 === 0 ? `{"query": ${n}` : JSON.stringify({ query: '{ head }', extensions: n }),
        }).then((response) => response.text()),
      ]);
      expect(answers).toHaveLength(2);
      socket.send({ id: `${n}`, type: 'subscribe', payload: { query: bad(n) } });
      await socket.received(({ id }) => id === `${n}`);
    }
    await api.stop();
    const messages = new Set(api.logs.map(({ msg }) => msg));
    for (const msg of messages) expect(countOf(api.logs, msg).whole, msg).toBeLessThanOrEqual(mostWhole);
    expect(api.logs.filter(({ msg }) => msg === 'api.fault')).toEqual([]);
    expect(lines.length - api.logs.length, 'lines that are no log lines').toBe(0);
  },
  3 * patient,
);

test(
  'while PostgreSQL is away every request is refused, and told of in a few lines without stacks, with how many there were',
  async () => {
    await using world = await createOwnPostgresWorld();
    await using api = spawnRole('api', world.env);
    await api.waitForLog('api.started', { timeoutMs: patient });
    await world.postgres.stop();
    const before = api.logs.length;
    for (let n = 0; n < many; n += 20) {
      const asked = numbers
        .slice(n, n + 20)
        .map(() => request(world.apiUrl, '{ badges(userId: "ada") { name } }'));
      for (const { errors } of await Promise.all(asked)) {
        expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
      }
    }
    await api.stop();
    const { whole, all } = countOf(api.logs, 'api.unavailable');
    expect(all, 'each is counted').toBe(many);
    expect(whole).toBeLessThanOrEqual(mostWhole);
    const during = api.logs.slice(before).filter(({ repeated }) => repeated === undefined);
    expect(during.filter(({ stack, msg }) => stack !== undefined && msg === 'api.unavailable')).toEqual([]);
    expect(JSON.stringify(during.filter(({ msg }) => msg === 'api.unavailable'))).not.toMatch(/\\n +at /);
    await until(() => api.logs.some(({ msg }) => msg === 'api.stopping'));
  },
  3 * patient,
);
