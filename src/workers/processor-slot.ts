import { createHash } from 'node:crypto';
import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { EventOf } from '../events/define-event.ts';
import type { LogEvent } from '../events/envelope.ts';
import type { LogReader } from '../log/reader.ts';
import type { ProcessorReaction } from './reaction.ts';
import type { RunnerOptions } from './runner.ts';

export interface ProcessorRunnerOptions extends RunnerOptions {
  readonly databaseUrl: string;
  readonly application: string;
  readonly openReader: () => Promise<LogReader>;
  /** Waits until the log may be published beyond `after`, a bounded time */
  readonly wait: (after: number, signal: AbortSignal) => Promise<void>;
}

/** One slot of a processor, and what it is run with. */
export interface ProcessorSlot {
  readonly reaction: ProcessorReaction;
  readonly slot: number;
  readonly options: ProcessorRunnerOptions;
}

/** Whether the event falls to this slot, by hash of its key. */
export function fallsTo({ reaction, slot }: ProcessorSlot, event: LogEvent): boolean {
  const slots = reaction.slots ?? 1;
  if (slots === 1) return true;
  const key = reaction.slotKey?.(event as EventOf<AnyEventDefinition>) ?? event.aggregateId;
  return createHash('sha1').update(key).digest().readUInt32BE(0) % slots === slot;
}
