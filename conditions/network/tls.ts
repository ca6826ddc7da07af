/** Connections that are encrypted, as those who rent out servers do it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Certificates, makeCertificates } from '../../dev/certificates.ts';
import { freePort } from '../../dev/free-port.ts';
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

const run = promisify(execFile);

/** PostgreSQL reads the key as the user that it runs as. */
async function certificatesFor(setup: AsyncDisposableStack): Promise<Certificates> {
  const certificates = setup.use(await makeCertificates());
  if (process.getuid?.() === 0) await run('chown', ['nobody', certificates.key]);
  return certificates;
}

const encrypted = (name: string, parametersOf: (certificates: Certificates) => string): Condition => ({
  name,
  right: 'works',
  async prepare(setup) {
    const certificates = await certificatesFor(setup);
    const { certificate, key } = certificates;
    const postgres = await postgresWith(
      setup,
      'ssl=on',
      `ssl_cert_file=${certificate}`,
      `ssl_key_file=${key}`,
    );
    const url = postgres.url().replace('127.0.0.1', 'localhost');
    return {
      env: { DATABASE_URL: `${url}?${parametersOf(certificates)}`, REDIS_URL: (await redisWith(setup)).url },
      truthUrl: postgres.url(),
      afterwards: () => refusePlain(postgres.url()),
    };
  },
});

/** Throws when a role is connected without encryption. */
async function refusePlain(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ plain: number; all: number }>(
      `SELECT count(*) FILTER (WHERE NOT ssl)::int AS plain, count(*)::int AS all
         FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name ~ '^aorta-(api|relay|worker)'`,
    );
    const { plain, all } = rows[0]!;
    if (plain > 0 || all === 0)
      throw new Error(`${plain} of ${all} connections to PostgreSQL are not encrypted`);
  } finally {
    await client.end();
  }
}

export const tls: readonly Condition[] = [
  encrypted('PostgreSQL by TLS, whose certificate nobody knows (sslmode=require)', () => 'sslmode=require'),
  encrypted(
    'PostgreSQL by TLS, checked against an authority of our own',
    ({ authority }) => `sslmode=verify-full&sslrootcert=${encodeURIComponent(authority)}`,
  ),
  {
    name: 'Redis by TLS, checked against an authority of our own',
    right: 'works',
    async prepare(setup) {
      const { certificate, key, authority } = setup.use(await makeCertificates());
      const port = await freePort();
      const files = [`tls-cert-file ${certificate}`, `tls-key-file ${key}`, `tls-ca-cert-file ${authority}`];
      await redisWith(setup, `tls-port ${port}`, ...files, 'tls-auth-clients no');
      const url = (await postgresWith(setup)).url();
      const REDIS_URL = `rediss://localhost:${port}`;
      return { env: { DATABASE_URL: url, REDIS_URL, NODE_EXTRA_CA_CERTS: authority }, truthUrl: url };
    },
  },
];
