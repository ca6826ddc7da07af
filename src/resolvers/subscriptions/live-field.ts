import type { LiveSource } from '../../live/subscribe.ts';
import type { Context } from '../context.ts';

/**
 * A subscription field: `open` gives its source, and each value of the source is what its selection is resolved from.
 */
export function liveField<Args, Value>(
  open: (args: Args, context: Context) => LiveSource<Value> | Promise<LiveSource<Value>>,
) {
  return {
    subscribe: (_parent: unknown, args: Args, context: Context): never => open(args, context) as never,
    resolve: (value: unknown): never => value as never,
  };
}
