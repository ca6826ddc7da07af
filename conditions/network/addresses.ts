/** Servers that are not found at an address of the usual kind. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Condition } from '../condition.ts';
import { postgresWith, redisWith } from '../servers.ts';

export const unixSocket: Condition = {
  name: 'PostgreSQL by a Unix socket, as libpq writes it',
  right: 'works',
  async prepare(setup) {
    const folder = await mkdtemp(path.join(tmpdir(), 'aorta-socket-'));
    setup.defer(() => rm(folder, { recursive: true, force: true }));
    await chmod(folder, 0o777); // as root the server runs as another user
    const postgres = await postgresWith(setup, `unix_socket_directories=${folder}`);
    const DATABASE_URL = `postgresql://postgres:postgres@/postgres?host=${folder}&port=${postgres.port}`;
    return { env: { DATABASE_URL, REDIS_URL: (await redisWith(setup)).url }, truthUrl: postgres.url() };
  },
};

export const ipv6: Condition = {
  name: 'both stores by IPv6',
  right: 'works',
  async prepare(setup) {
    const postgres = await postgresWith(setup, 'listen_addresses=127.0.0.1,::1');
    const redis = await redisWith(setup, 'bind 127.0.0.1 ::1');
    const byIpv6 = (url: string) => url.replace('127.0.0.1', '[::1]');
    return {
      env: { DATABASE_URL: byIpv6(postgres.url()), REDIS_URL: byIpv6(redis.url) },
      truthUrl: postgres.url(),
    };
  },
};
