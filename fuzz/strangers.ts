/** Sends attacks, some at a time, until one does harm, and shrinks that one to the smallest case. */
import fc from 'fast-check';
import type { Attack } from './attack.ts';
import { requests } from './generate/requests.ts';
import { sockets } from './generate/sockets.ts';
import { faultIn } from './judge.ts';
import { performRequest } from './perform-request.ts';
import { performSocket } from './perform-socket.ts';

export interface Target {
  readonly port: number;
  /** Whether it has ended since it was last started */
  readonly hasEnded: boolean;
  /** What it wrote last */
  readonly lastLines: readonly string[];
  /** Starts it again when it has ended. */
  revive(): Promise<void>;
}

export interface StrangersOptions {
  readonly target: Target;
  readonly seed: number;
  /** For so long, if no harm is done */
  readonly seconds?: number;
  /** So many lists of attacks, if no harm is done */
  readonly runs?: number;
  readonly signal: AbortSignal;
}

export interface Attacked {
  /** How many were sent */
  readonly attacks: number;
  readonly failure: Harm | undefined;
}

export interface Harm {
  readonly what: string;
  /** The smallest attacks, sent at once, that were seen to do it */
  readonly smallest: readonly Attack[];
}

const attacksAtOnce = 6;
const shrinkMs = 60_000;

const attacks: fc.Arbitrary<readonly Attack[]> = fc.array(fc.oneof(requests, sockets), {
  minLength: 1,
  maxLength: attacksAtOnce,
});

/** Returns what was sent and what harm it did. Throws what aborted the signal. */
export async function sendStrangers(options: StrangersOptions): Promise<Attacked> {
  const { target, seed, seconds, runs, signal } = options;
  let count = 0;
  const send = async (list: readonly Attack[]) => {
    signal.throwIfAborted();
    await target.revive();
    count += list.length;
    const faults = await Promise.all(list.map((attack) => perform(target.port, attack)));
    // the end of a process is told a moment after its last socket was closed
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (target.hasEnded) throw new Error(`the api ended. It said last:\n${target.lastLines.join('\n')}`);
    const fault = faults.find((each) => each !== undefined);
    if (fault !== undefined) throw new Error(fault);
  };
  const property = fc.asyncProperty(attacks, send);
  const limit = (ms: number) => ({ interruptAfterTimeLimit: ms, markInterruptAsFailure: false });
  const found = await fc.check(property, {
    seed,
    numRuns: runs ?? 1e9,
    ...(seconds === undefined ? {} : limit(seconds * 1_000)),
  });
  // the time may have been over while it was being shrunk: it goes on from there
  const { counterexamplePath: path } = found;
  const shrunk = found.failed && path ? await fc.check(property, { seed, path, ...limit(shrinkMs) }) : found;
  const { failed, counterexample, errorInstance } = shrunk.failed ? shrunk : found;
  const failure = failed
    ? {
        what: String((errorInstance as Error).message),
        smallest: await withoutSpare(
          counterexample![0],
          async (list) =>
            !(await send(list).then(
              () => true,
              () => false,
            )),
        ),
      }
    : undefined;
  signal.throwIfAborted();
  await target.revive();
  return { attacks: count, failure };
}

/** The attacks without those that the harm does not need: fast-check makes a list smaller from one end only. */
async function withoutSpare(
  list: readonly Attack[],
  doesHarm: (list: readonly Attack[]) => Promise<boolean>,
): Promise<readonly Attack[]> {
  let needed = list;
  for (const attack of list) {
    const others = needed.filter((other) => other !== attack);
    if (others.length > 0 && (await doesHarm(others))) needed = others;
  }
  return needed;
}

async function perform(port: number, attack: Attack): Promise<string | undefined> {
  const observed =
    attack.transport === 'http' ? await performRequest(port, attack) : await performSocket(port, attack);
  return faultIn(attack, observed);
}
