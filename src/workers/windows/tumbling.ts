/**
 * A processor that folds events into windows of event time: of one size, side by side, aligned to the epoch. What comes
 * out is the same however the events are cut into batches, after any crash, and in a rebuild. docs/windows.md says more.
 */
import type { AnyEventDefinition } from '../../events/catalogue.ts';
import type { EventOf } from '../../events/define-event.ts';
import { type ProcessorReaction, processor } from '../reaction.ts';
import { readNewest } from '../read-newest.ts';
import type { WindowRules } from './advance.ts';
import type { TumblingDeclaration } from './declaration.ts';
import { handleWindows } from './handle-windows.ts';
import { stateFormat } from './state.ts';

/**
 * Declares the processor. Unless it says otherwise, an event that cannot be handled holds its slot: a window that is
 * closed without it would look like any other. Throws when a time makes no sense, or the initial state has not its schema.
 */
export function tumbling<Definition extends AnyEventDefinition, State>(
  declaration: TumblingDeclaration<Definition, State>,
): ProcessorReaction {
  const { sizeMs, allowedLatenessMs, late, key, state, initial, fold, closed, ...reaction } = declaration;
  const { maxAheadMs = allowedLatenessMs, name, slots = 1 } = declaration;
  const keepClosedMs = declaration.late === 'ignore' ? 0 : declaration.keepClosedMs;
  for (const ms of [sizeMs, allowedLatenessMs, maxAheadMs, keepClosedMs]) {
    if (!(Number.isSafeInteger(ms) && ms >= 0))
      throw new RangeError(`processor "${name}": ${ms} ms make no sense`);
  }
  if (sizeMs === 0) throw new RangeError(`processor "${name}": its windows need a size`);
  const format = stateFormat(state, initial);
  const rules: WindowRules<State, EventOf<Definition>> = {
    ...{ sizeMs, allowedLatenessMs, late, keepClosedMs },
    fold: (before, event) => fold(before === undefined ? format.initial() : before, event),
    copy: format.copy,
  };
  return processor<Definition>({
    onPoison: 'hold',
    ...reaction,
    // asked before the event is in its newest shape; what newer code wrote is not for this one to read
    slotKey: (event) => {
      const definition = reaction.events.find(({ type }) => type === event.type);
      const isOlder = definition !== undefined && event.schemaVersion < definition.schemaVersion;
      return key(isOlder ? (readNewest(reaction.events, event) as EventOf<Definition>) : event);
    },
    handle: (tx, events, context) =>
      handleWindows(tx, events, context, { name, slots, maxAheadMs, key, rules, format, closed }),
  });
}
