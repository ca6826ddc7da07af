import { randomUUID } from 'node:crypto';
import type { History } from '../../src/history/history.ts';
import { type Appender, change } from './appenders.ts';

const changesOfOne = 5_000; // then all go on to a new account: none grows longer in one case than in another

/** All writers change the same account, each through one of the histories. */
export function ofHotAccount(histories: readonly History[]): Appender {
  let [id, changes, writers] = [randomUUID() as string, 0, 0];
  return () => {
    const history = histories[writers % histories.length]!;
    writers += 1;
    return () => {
      changes += 1;
      if (changes % changesOfOne === 0) id = randomUUID();
      return change(history, id);
    };
  };
}
