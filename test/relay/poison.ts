/** Events that cannot be published: larger than Redis takes, or of a type that nobody knows. */
import { columns, values } from '../outbox/support.ts';
import type { RelayWorld } from './support.ts';

const mebibyte = 1_048_576;

/** Redis takes no value above so many MiB from now on. */
export const limitSize = ({ redis }: Pick<RelayWorld, 'redis'>, mebibytes: number) =>
  redis.config('SET', 'proto-max-bulk-len', mebibytes * mebibyte);

/** As at providers that let nobody ask for settings: only a refusal tells. */
export const forbidConfig = ({ redis }: Pick<RelayWorld, 'redis'>) =>
  redis.acl('SETUSER', 'default', '-config');
export const allowConfig = ({ redis }: Pick<RelayWorld, 'redis'>) =>
  redis.acl('SETUSER', 'default', '+config');

/** Inserts an event of 2 MiB. */
export const insertLarge = (version: number) =>
  `INSERT INTO outbox (${columns}) VALUES ${values('large', version).replace("'{}')", `jsonb_build_object('text', repeat('x', ${2 * mebibyte})))`)}`;

/** Inserts an event whose type is in no code. */
export const insertUnknown = (version: number) =>
  `INSERT INTO outbox (${columns}) VALUES ${values('unknown', version).replace("'test.happened'", "'nobody.knows'")}`;
