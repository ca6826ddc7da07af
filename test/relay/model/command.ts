import type { AsyncCommand } from 'fast-check';
import { observe } from './invariants.ts';
import type { Model } from './model.ts';
import { copyStores } from './past.ts';
import type { ModelWorld } from './world.ts';

export type ModelCommand = AsyncCommand<Model, ModelWorld>;

/** One step of a story. After it every invariant is checked. */
export function command(options: {
  /** How a failing story tells of it */
  readonly name: string;
  readonly can: (model: Readonly<Model>) => boolean;
  readonly run: (model: Model, world: ModelWorld) => Promise<void>;
}): ModelCommand {
  return {
    check: options.can,
    async run(model, world) {
      await options.run(model, world);
      await observe(model, world);
      model.past.push(await copyStores(model, world));
    },
    toString: () => options.name,
  };
}
