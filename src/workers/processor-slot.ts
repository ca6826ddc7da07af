import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { EventOf } from '../events/define-event.ts';
import type { LogEvent } from '../events/envelope.ts';
import { placeOf } from '../log/place-of.ts';
import type { LogReader } from '../log/reader.ts';
import type { ProcessorReaction } from './reaction.ts';
import { readNewest } from './read-newest.ts';
import type { RunnerOptions } from './runner.ts';
import type { Guard } from './storm-guard.ts';

export interface ProcessorRunnerOptions extends RunnerOptions {
  readonly databaseUrl: string;
  readonly application: string;
  readonly openReader: () => Promise<LogReader>;
  /** Time for the work in hand once it stops, ms */
  readonly finishMs: number;
  /** Waits a bounded time until the log may be published beyond `after`; gives whether it may be */
  readonly wait: (after: number, signal: AbortSignal) => Promise<boolean>;
}

/** One slot of a processor, and what it is run with. */
export interface ProcessorSlot {
  readonly reaction: ProcessorReaction;
  readonly slot: number;
  readonly options: ProcessorRunnerOptions;
  readonly guard: Guard;
}

/** Whether the event falls to this slot, by hash of its key. */
export function fallsTo(
  { reaction, slot }: Pick<ProcessorSlot, 'reaction' | 'slot'>,
  event: LogEvent,
): boolean {
  const slots = reaction.slots ?? 1;
  if (slots === 1) return true;
  const key = reaction.slotKey ? reaction.slotKey(newest(reaction, event)) : event.aggregateId;
  return placeOf(key, slots) === slot;
}

const newest = ({ events }: ProcessorReaction, event: LogEvent) =>
  readNewest(events, event) as EventOf<AnyEventDefinition>;
