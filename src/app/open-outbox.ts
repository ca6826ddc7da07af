import type { Redis } from 'ioredis';
import { createSignalChanged } from '../live/signal-changed.ts';
import type { SignalChanged } from '../live/signal-channel.ts';
import { createNudge } from '../log/nudge.ts';
import { createOutbox, type Outbox } from '../outbox/transaction.ts';
import type { Database } from '../platform/postgres.ts';
import { platform } from './modules.ts';
import type { Platform } from './platform.ts';

/** An outbox whose commits are told at once: to the relay, and to those who watch what has changed. */
export function openOutbox(
  { prisma, pool }: Database,
  redis: Redis,
  logName: string,
  { catalogue, tellChanges }: Pick<Platform, 'catalogue' | 'tellChanges'> = platform,
): { readonly outbox: Outbox; readonly changed: SignalChanged } {
  const nudge = createNudge(redis, logName);
  const changed = createSignalChanged(redis, logName);
  const outbox = createOutbox({
    ...{ prisma, pool, catalogue },
    nudge: (events) => {
      nudge();
      tellChanges(changed, events);
    },
  });
  return { outbox, changed };
}
