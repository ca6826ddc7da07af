import type { Redis } from 'ioredis';

/** Throws unless Redis keeps what it is given: an evicting policy would take whole streams away in silence. */
export async function refuseEviction(redis: Redis): Promise<void> {
  const info = await redis.info('memory');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction') {
    throw new Error(
      `Redis has maxmemory-policy ${policy}, under which it drops events when memory is short. Set it to noeviction.`,
    );
  }
}
