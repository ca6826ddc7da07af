import { Redis } from 'ioredis';
import { isDone } from './parts.ts';
import { report } from './report.ts';

type Eval = (this: Redis, script: string, ...rest: unknown[]) => Promise<unknown>;

/**
 * Sends every batch to the streams a second time, as a publisher does whose answer was lost: as soon as it is in the log,
 * and once more behind the next one. Each must be fenced; the first one's answer counts.
 */
export function publishTwice(): void {
  const prototype = Redis.prototype as unknown as { eval: Eval };
  const call = prototype.eval;
  const batchBefore = new WeakMap<Redis, unknown[]>();
  prototype.eval = function (script, ...rest) {
    const first = call.call(this, script, ...rest);
    if (!publishes(script) || !isDone('publish')) return first;
    const again = async (batch: unknown[]) => {
      let broken = false; // Redis may be another by then, which has lost the batch
      const onClose = () => {
        broken = true;
      };
      this.once('close', onClose);
      const answer = await call.call(this, script, ...batch).finally(() => this.off('close', onClose));
      report({ done: 'published', answer });
      if (answer === 'FENCED' || broken) return;
      report({ done: 'harm', what: `a batch that was published again was answered ${answer}` });
    };
    // in the same breath as the answer: nobody has done anything since
    const rightAfter = (answer: unknown) => {
      if (answer !== 'OK') return;
      const before = batchBefore.get(this);
      batchBefore.set(this, rest);
      return Promise.all([again(rest), before && again(before)]);
    };
    first.then(rightAfter).catch(() => {}); // an outage; the caller learns of it by the first
    return first;
  };
}

const publishes = (script: string) => script.includes("return 'FENCED'") && script.includes("'XADD'");
