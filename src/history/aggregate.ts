import type { ZodType } from 'zod';
import type { AnyEventDefinition } from '../events/catalogue.ts';
import type { EventDefinition } from '../events/define-event.ts';

type PayloadOf<Definition> = Definition extends EventDefinition<infer Payload> ? Payload : never;

/** What a command decides: that this happened. Where and when is filled in as it is appended. */
export type Fact<Definition extends AnyEventDefinition = AnyEventDefinition> = Definition extends unknown
  ? { readonly definition: Definition; readonly payload: PayloadOf<Definition> }
  : never;

/** A fact of this definition. */
export const fact = <Payload, Type extends string>(
  definition: EventDefinition<Payload, Type>,
  payload: Payload,
): { readonly definition: EventDefinition<Payload, Type>; readonly payload: Payload } => ({
  definition,
  payload,
});

/** An event of an aggregate as its state is made of it, in the newest schema version: a union told apart by `type`. */
export type PastEvent<Definition extends AnyEventDefinition = AnyEventDefinition> =
  Definition extends EventDefinition<infer Payload, infer Type>
    ? {
        readonly type: Type;
        readonly version: number;
        readonly occurredAt: Date;
        readonly payload: Payload;
      }
    : never;

/** An event-sourced aggregate: which events it has, and how its state follows from them. */
export interface Aggregate<State, Definition extends AnyEventDefinition = AnyEventDefinition> {
  /** The aggregate type of all its events */
  readonly type: string;
  readonly events: readonly Definition[];
  /** Before its first event */
  readonly initial: State;
  /** The state after one event more. Pure, and never throws: what has happened has happened. */
  evolve(state: State, event: PastEvent<Definition>): State;
  readonly snapshots?: Snapshots<State>;
}

/** How the state is kept, so that not every event has to be read again. */
export interface Snapshots<State> {
  /** Events from one to the next */
  readonly every: number;
  /** Counts the shapes that the state has had; one of another shape is ignored, and made again */
  readonly schemaVersion: number;
  /** A codec: decodes the stored JSON to the state, and encodes it back */
  readonly schema: ZodType<State>;
}

/** An aggregate as it stood after one of its events. */
export interface Loaded<State> {
  readonly state: State;
  /** Of its last event; 0 before the first */
  readonly version: number;
  /** When its last event occurred */
  readonly occurredAt: Date | undefined;
}

/** Declares an aggregate. Throws when an event is not of its type. */
export function defineAggregate<State, Definition extends AnyEventDefinition>(
  aggregate: Aggregate<State, Definition>,
): Aggregate<State, Definition> {
  const stranger = aggregate.events.find(({ aggregateType }) => aggregateType !== aggregate.type);
  if (stranger) throw new Error(`${stranger.type} is an event of "${stranger.aggregateType}"`);
  return aggregate;
}
