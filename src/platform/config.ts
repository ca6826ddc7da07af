/** The configuration, read once from environment variables. This table is its documentation too. */
import { z } from 'zod';
import { withHost } from './postgres-url.ts';
import { serversOf } from './redis-servers/servers.ts';
import { isSchemaName, schemasOf } from './schemas.ts';
import { keepSecret, keepSecretsOf } from './secrets.ts';

const url = (...protocols: string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
      abort: true,
    })
    .refine((text) => hasOneMeaning(new URL(text)), {
      error:
        'has a character in its user or password that must be percent-encoded: @ as %40, / as %2F, % as %25',
    });

/** A password with an @, / or % as it stands is read differently by each program, and its rest taken for a host or a path. */
function hasOneMeaning({ username, password, pathname, search, hash }: URL): boolean {
  const rest = [pathname, search, hash].join('');
  try {
    decodeURIComponent(username + password + pathname);
    return !rest.includes('@');
  } catch {
    return false;
  }
}

const redisUrl = z.string().superRefine((text, context) => {
  try {
    serversOf(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((text) => text || undefined, schema.optional());
const whole = (least: number, most: number) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number);

const secret = z
  .string()
  .min(32, 'must be 32 characters or more')
  .refine((text) => text === text.trim(), 'must not begin or end with white space')
  .refine((text) => new Set(text).size >= 8, 'must be random: it has fewer than 8 different characters');

const days = (text: string) => (text === 'forever' ? Number.POSITIVE_INFINITY : Number(text));
const isDays = (text: string) => /^(\d+(\.\d+)?|forever)$/.test(text);

/** `topic=days` pairs, separated by commas */
const daysByTopic = z
  .string()
  .transform((text) => text.split(',').map((pair) => pair.trim()))
  .transform((pairs) => pairs.filter(Boolean).map((pair) => pair.split('=').map((part) => part.trim())))
  .refine((pairs) => pairs.every(([topic, kept = '', more]) => topic && isDays(kept) && more === undefined), {
    error: 'must be topic=days or topic=forever, separated by commas',
  })
  .transform(
    (pairs): ReadonlyMap<string, number> => new Map(pairs.map(([topic, kept]) => [topic!, days(kept!)])),
  );

/** Names separated by commas */
const list = (fits: (entry: string) => boolean, error: string) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    )
    .refine((entries) => entries.every(fits), { error });

/** Origins as browsers write them: in lower case, without a slash at the end and without the usual port */
const origins = (fits: (origin: string) => boolean, error: string) =>
  list(fits, error).transform((entries) =>
    entries.map((entry) => (isWeb(entry) ? new URL(entry).origin : entry)),
  );
const isWeb = (text: string) =>
  /^https?:\/\/[^*]+$/i.test(text) && URL.parse(text)?.href.replace(/\/$/, '') === URL.parse(text)?.origin;
/** Of a web page, or of what apps and extensions show in a web view: capacitor://localhost */
const isOrigin = (text: string) => isWeb(text) || /^(?!https?:)[a-z][a-z\d+.-]*:\/\/[a-z\d.-]+$/.test(text);

interface Variable<Schema extends z.ZodType> {
  readonly schema: Schema;
  readonly about: string;
  /** As it would be written in the environment; none means that the variable must be set */
  readonly fallback?: string;
}

const variable = <Schema extends z.ZodType>(
  schema: Schema,
  about: string,
  fallback?: string,
): Variable<Schema> => ({
  schema,
  about,
  ...(fallback === undefined ? {} : { fallback }),
});

export const variables = {
  DATABASE_URL: variable(
    z.preprocess(
      (text) => (typeof text === 'string' ? withHost(text) : text),
      url('postgresql:', 'postgres:').refine((text) => Object.values(schemasOf(text)).every(isSchemaName), {
        error:
          'has a schema= or platform_schema= that cannot be used: 40 bytes at most, and none of PostgreSQL’s own (pg_…)',
      }),
    ),
    'PostgreSQL, the primary: postgresql://user:password@host:5432/name, with ?schema=name for tables elsewhere than in public, and platform_schema=aorta for those of the platform',
  ),
  REDIS_URL: variable(
    redisUrl,
    'Redis with maxmemory-policy noeviction: redis://user:password@host:6379, redis+cluster://host:6379,host:6379, redis+sentinel://host:26379,host:26379/primary; rediss for TLS',
  ),
  LOG_NAME: variable(
    z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower case letters, digits and dashes'),
    'Names the log: prefix of every key in Redis. The same for all roles',
    'aorta',
  ),
  LOG_LEVEL: variable(
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']),
    'Least severe line to log',
    'info',
  ),
  HOST: variable(z.string().min(1), 'api: address to listen on', '127.0.0.1'),
  PORT: variable(whole(0, 65_535), 'api: port to listen on; 0 takes a free one', '4000'),
  HEALTH_PORT: variable(
    whole(0, 65_535),
    'relay and worker: port of /healthz, /readyz and /metrics; 0 takes a free one (the api serves them on PORT)',
    '0',
  ),
  PUBLIC_URL: variable(
    origins(isWeb, 'must be like https://api.example.com, without a path, several separated by commas'),
    'api: where clients reach it when that is not HOST and PORT, such as the address of a proxy in front',
    '',
  ),
  ALLOWED_HOSTS: variable(
    list((name) => /^\.?[\w-]+(\.[\w-]+)*$/.test(name), 'must be names without port, separated by commas'),
    'api: other names that it answers to (Host), beside localhost, addresses and PUBLIC_URL: api,.svc.cluster.local',
    '',
  ),
  ALLOWED_ORIGINS: variable(
    origins(
      (origin) => origin === '*' || isOrigin(origin),
      'must be * or origins like https://app.example.com, without a path, separated by commas',
    ),
    'api: other origins whose pages may use it, separated by commas; * is any, without cookies',
    '',
  ),
  DATABASE_CONNECTIONS: variable(
    whole(1, 1_000),
    'Connections to PostgreSQL of one process, 3 or more. api: of 10 it keeps 4 for queries, 2 for what subscriptions read and 4 for mutations, which never wait for reads',
    '10',
  ),
  REQUEST_TIMEOUT_MS: variable(
    whole(100, 600_000),
    'api: a query that takes longer is ended, in PostgreSQL too, and answered UNAVAILABLE, ms',
    '10000',
  ),
  MAX_ANSWER_BYTES: variable(
    whole(65_536, 268_435_456),
    'api: size of one answer, or of one item of a subscription, as JSON; a larger one is an error in its place',
    '4194304',
  ),
  RELAY_POLL_MS: variable(
    whole(1, 60_000),
    'relay: pause between looks at the outbox when no nudge comes, ms',
    '500',
  ),
  RELAY_BATCH: variable(whole(1, 10_000), 'relay: events per batch to the streams', '1000'),
  RELAY_QUEUE_BATCH: variable(whole(1, 10_000), 'relay: events per batch to the queues', '500'),
  QUEUE_MAX_JOBS: variable(
    whole(100, 10_000_000),
    'relay: jobs of one consumer in Redis, give or take a batch; the events beyond wait in PostgreSQL',
    '10000',
  ),
  STREAM_MAX_LENGTH: variable(
    whole(10, 100_000_000),
    'relay: events kept per topic in Redis; older ones are served from PostgreSQL',
    '100000',
  ),
  RETENTION_DAYS: variable(
    z.string().refine(isDays, 'must be a number of days, or forever').transform(days),
    'relay: how long the outbox keeps events at least, in days, or forever',
    '7',
  ),
  IDEMPOTENCY_DAYS: variable(
    z.string().refine(isDays, 'must be a number of days, or forever').transform(days),
    'relay: how long idempotency keys hold at least, in days, or forever',
    '30',
  ),
  TOPIC_RETENTION_DAYS: variable(
    daysByTopic,
    'relay: topics that are kept for another time: video-heartbeat=1,audit=forever',
    '',
  ),
  PARTITION_SIZE: variable(
    whole(1_000, 1_000_000_000),
    'relay: positions per partition of the outbox, which drops events by the partition',
    '1000000',
  ),
  WORKER_LOCK_MS: variable(
    whole(500, 600_000),
    'worker: a job of a worker that says nothing for this long runs again elsewhere, ms',
    '15000',
  ),
  KEEP_ALIVE_MS: variable(
    whole(100, 600_000),
    'api: pause between keep-alives, each with a progress cursor, ms',
    '12000',
  ),
  MAX_SUBSCRIPTIONS_PER_SOCKET: variable(
    whole(1, 100_000),
    'api: open subscriptions of one WebSocket, or of one event stream with several',
    '1000',
  ),
  PRESTOP_MS: variable(
    whole(0, 600_000),
    'api: time at SIGTERM in which everything is served as before while /readyz says no, so that load balancers send new requests elsewhere, ms',
    '3000',
  ),
  DRAIN_MS: variable(
    whole(0, 600_000),
    'api: time over which sockets are closed after PRESTOP_MS, so that clients do not come back all at once, ms',
    '5000',
  ),
  JWT_SECRET: variable(
    optional(secret),
    'api: who is signed in is told by tokens (JWT, HS256) signed with it; none and no JWKS_URL: nobody is',
    '',
  ),
  JWKS_URL: variable(
    optional(url('https:', 'http:')),
    'api: in place of JWT_SECRET, where the public keys of the tokens are fetched: https://host/jwks.json',
    '',
  ),
  JWT_ISSUER: variable(optional(z.string()), 'api: accept tokens of this issuer (iss) only', ''),
  JWT_AUDIENCE: variable(
    optional(z.string()),
    'api: accept tokens for this audience (aud) only; without it, tokens for no particular audience only',
    '',
  ),
  JWT_CLIENT_ID: variable(
    optional(z.string()),
    'api: accept tokens that were issued to this application (azp or client_id) only',
    '',
  ),
  JWT_TOLERANCE_SECONDS: variable(
    whole(0, 300),
    'api: by how much the clock of who issues tokens may differ, s; a token holds for so long after its end',
    '5',
  ),
  SHUTDOWN_MS: variable(
    whole(0, 600_000),
    'Time for work in hand at SIGTERM before it is cut off, ms; for the api PRESTOP_MS and DRAIN_MS are part of it',
    '10000',
  ),
} as const;

type Variables = typeof variables;
export type Config = { readonly [Name in keyof Variables]: z.output<Variables[Name]['schema']> };

/** What a variable holds that is shown nowhere: a URL that may have a password, or nothing but a secret. */
const secretOf = (name: string): 'url' | 'whole' | undefined =>
  name.endsWith('_URL') ? 'url' : name.endsWith('_SECRET') ? 'whole' : undefined;

/** Every mistake in the environment, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the environment, and throws a ConfigError that lists all its mistakes at once. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const mistakes: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, { schema, about, fallback }] of Object.entries(variables) as [
    string,
    Variable<z.ZodType>,
  ][]) {
    const read = readOne(name, schema, env[name] || fallback);
    if ('value' in read) config[name] = read.value;
    else mistakes.push(`${read.mistake}. ${about}`);
  }
  mistakes.push(...mistakesOfSignIn(env));
  if (mistakes.length > 0) throw new ConfigError(`The environment has mistakes:\n  ${mistakes.join('\n  ')}`);
  return config as Config;
}

/** What would leave everybody without a sign-in, or let in who signed in elsewhere, without a word. */
function mistakesOfSignIn(env: Readonly<Record<string, string | undefined>>): string[] {
  const given = (...names: (keyof Variables)[]) => names.filter((name) => env[name]);
  if (env.JWT_SECRET && env.JWKS_URL) {
    return ['JWT_SECRET and JWKS_URL are both set: give the one by which tokens are to be checked'];
  }
  const about = given('JWT_ISSUER', 'JWT_AUDIENCE', 'JWT_CLIENT_ID', 'JWT_TOLERANCE_SECONDS');
  if (about.length > 0 && !env.JWT_SECRET && !env.JWKS_URL) {
    const are = about.length === 1 ? 'is' : 'are';
    return [`${about.join(' and ')} ${are} set without JWT_SECRET or JWKS_URL: nobody could sign in`];
  }
  if (env.JWKS_URL && given('JWT_AUDIENCE', 'JWT_CLIENT_ID').length === 0) {
    return [
      'JWKS_URL is set without JWT_AUDIENCE or JWT_CLIENT_ID: tokens of other applications of its issuer would sign in',
    ];
  }
  return [];
}

/** One variable, as `readConfig` reads it. Throws a ConfigError. */
export function readVariable<Name extends keyof Variables>(
  name: Name,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config[Name] {
  const { schema, about, fallback }: Variable<z.ZodType> = variables[name];
  const read = readOne(name, schema, env[name] || fallback);
  if ('mistake' in read) throw new ConfigError(`${read.mistake}. ${about}`);
  return read.value as Config[Name];
}

/** Every value of the environment goes through here: what must not be shown is known from the beginning. */
function readOne(
  name: string,
  schema: z.ZodType,
  text: string | undefined,
): { readonly value: unknown } | { readonly mistake: string } {
  if (text === undefined) return { mistake: `${name} is not set` };
  const secret = secretOf(name);
  if (secret === 'url') keepSecretsOf(text);
  if (secret === 'whole') keepSecret(text);
  const parsed = schema.safeParse(text);
  if (parsed.success) return { value: parsed.data };
  const shown = secret === undefined ? JSON.stringify(text) : 'not right';
  return { mistake: `${name} is ${shown}: ${parsed.error.issues[0]!.message}` };
}

/** The variables with what they mean, for `--help` and the docs. */
export function describeVariables(): string {
  const lines = Object.entries(variables).map(([name, { about, fallback }]) => {
    const normally = fallback === undefined ? 'required' : `default ${fallback || 'none'}`;
    return `  ${name.padEnd(29)} ${about} (${normally})`;
  });
  return lines.join('\n');
}

/** Throws a ConfigError for fewer connections to PostgreSQL than a role needs: it would wait for itself. */
export function checkConnections(
  { DATABASE_CONNECTIONS }: Pick<Config, 'DATABASE_CONNECTIONS'>,
  role: string,
  what: string,
): void {
  if (DATABASE_CONNECTIONS >= leastConnections) return;
  throw new ConfigError(
    `DATABASE_CONNECTIONS is ${DATABASE_CONNECTIONS}: the ${role} needs at least ${leastConnections}, for ${what}`,
  );
}

const leastConnections = 3;
const finishMs = 2_000; // to answer what is under way and to close the stores, after the sockets

/** Throws a ConfigError when an api would be cut off before it has let its clients go. */
export function checkStoppingTimes({ PRESTOP_MS, DRAIN_MS, SHUTDOWN_MS }: Config): void {
  const least = PRESTOP_MS + DRAIN_MS + finishMs;
  if (least <= SHUTDOWN_MS) return;
  throw new ConfigError(
    `SHUTDOWN_MS (${SHUTDOWN_MS}) is too short: PRESTOP_MS (${PRESTOP_MS}) and DRAIN_MS (${DRAIN_MS}) take their time one after the other, and what is under way then ${finishMs} ms. Set SHUTDOWN_MS to ${least} or more, or shorten the others`,
  );
}
