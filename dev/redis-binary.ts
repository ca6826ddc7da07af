import { findProgram } from './debian-program.ts';

/** Returns the path of a Redis or Valkey server. No npm package ships one. Throws what to install when there is none. */
export const findRedis = (): string =>
  findProgram({
    names: ['redis-server', 'valkey-server'],
    debianPackage: 'redis-server',
    advice:
      'the program redis-server (7.0 or newer) or valkey-server so that it is on the PATH, ' +
      'for instance with "apt-get install redis-server" or "brew install redis"',
  });
