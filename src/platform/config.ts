/** The configuration, read once from environment variables. This table is its documentation too. */
import { z } from 'zod';
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
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((text) => text || undefined, schema.optional());
const whole = (least: number, most: number) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= least && Number(text) <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    })
    .transform(Number);

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
    url('postgresql:', 'postgres:'),
    'PostgreSQL, the primary: postgresql://user:password@host:5432/name',
  ),
  REDIS_URL: variable(url('redis:', 'rediss:'), 'Redis with maxmemory-policy noeviction: redis://host:6379'),
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
  ALLOWED_ORIGINS: variable(
    z.string().transform((text) =>
      text
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    ),
    'api: other origins whose pages may use it, separated by commas',
    '',
  ),
  DATABASE_CONNECTIONS: variable(whole(1, 1_000), 'Connections to PostgreSQL of one process', '10'),
  RELAY_POLL_MS: variable(
    whole(1, 60_000),
    'relay: pause between looks at the outbox when no nudge comes, ms',
    '50',
  ),
  RELAY_BATCH: variable(whole(1, 10_000), 'relay: events per batch to the streams', '1000'),
  RELAY_QUEUE_BATCH: variable(whole(1, 10_000), 'relay: events per batch to the queues', '500'),
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
    'api: open subscriptions of one WebSocket',
    '1000',
  ),
  DRAIN_MS: variable(
    whole(0, 600_000),
    'api: time over which sockets are closed at SIGTERM, so that clients do not come back all at once, ms',
    '5000',
  ),
  JWT_SECRET: variable(
    optional(z.string().min(32, 'must be 32 characters or more')),
    'api: who is signed in is told by tokens (JWT, HS256) signed with it; none and no JWKS_URL: nobody is',
    '',
  ),
  JWKS_URL: variable(
    optional(url('https:', 'http:')),
    'api: in place of JWT_SECRET, where the public keys of the tokens are fetched: https://host/jwks.json',
    '',
  ),
  JWT_ISSUER: variable(optional(z.string()), 'api: accept tokens of this issuer (iss) only', ''),
  JWT_AUDIENCE: variable(optional(z.string()), 'api: accept tokens for this audience (aud) only', ''),
  SHUTDOWN_MS: variable(
    whole(0, 600_000),
    'Time for work in hand at SIGTERM before it is cut off, ms',
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
  if (config.JWT_SECRET && config.JWKS_URL) {
    mistakes.push('JWT_SECRET and JWKS_URL are both set: give the one by which tokens are to be checked');
  }
  if (mistakes.length > 0) throw new ConfigError(`The environment has mistakes:\n  ${mistakes.join('\n  ')}`);
  return config as Config;
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
