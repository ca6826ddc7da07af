import type { LiveSource } from '../../live/sources.ts';
import type { Context } from '../context.ts';

/**
 * A subscription field: `open` gives its source, and each item of the source is what its selection is resolved from.
 */
export function liveField<Args>(open: (args: Args, context: Context) => LiveSource | Promise<LiveSource>) {
  return {
    subscribe: (_parent: unknown, args: Args, context: Context): never => open(args, context) as never,
    resolve: (value: unknown): never => value as never,
  };
}
