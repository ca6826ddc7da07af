/** Whether a process can do its work, and what keeps it from it since when: the answer of /readyz. */
import { messageOf } from './errors.ts';
import { within } from './within.ts';

export interface Problem {
  /** A store or a loop: `postgres`, `redis`, `relay.streams` */
  readonly what: string;
  readonly error: string;
  /** When it was first seen; for a store that nobody had asked for a while it may have begun earlier */
  readonly since: Date;
}

export interface Readiness {
  /** What the process does, where that is more than one thing: a relay is leading or on standby */
  readonly state?: string;
  /** What keeps it from its work: ready is who has none */
  readonly problems: readonly Problem[];
  /** What it works in spite of */
  readonly warnings: readonly Problem[];
}

/** Throws, or does not settle, while what it asks is not there. */
export type Check = () => Promise<unknown>;

export interface ReadinessOptions {
  /** The process can do nothing without them */
  readonly vital: Readonly<Record<string, Check>>;
  /** It does what it can without them */
  readonly useful?: Readonly<Record<string, Check>>;
  readonly state?: () => string;
  /** Aborted when the process begins to stop: it serves what it has, and is not ready for more */
  readonly stopping?: AbortSignal;
}

const patienceMs = 1_500; // an answer that takes longer is none: what a probe waits for at most

/**
 * Asks all stores at once and never throws. It settles within 1.5 s also while a store hangs, and has at most one
 * question open at each, however often it is called.
 */
export function createReadiness(options: ReadinessOptions): () => Promise<Readiness> {
  const { vital, useful = {}, state, stopping } = options;
  const stop: { since?: Date } = {};
  stopping?.addEventListener('abort', () => {
    stop.since = new Date();
  });
  const watches = (checks: Readonly<Record<string, Check>>) =>
    Object.entries(checks).map(([what, check]) => watch(what, check));
  const vitalWatches = watches(vital);
  const usefulWatches = watches(useful);
  const ask = async (some: readonly (() => Promise<Problem | undefined>)[]) =>
    (await Promise.all(some.map((look) => look()))).filter((problem) => problem !== undefined);
  return async () => {
    const [problems, warnings] = await Promise.all([ask(vitalWatches), ask(usefulWatches)]);
    const ending = stop.since ? [{ what: 'process', error: 'it is stopping', since: stop.since }] : [];
    return { ...(state ? { state: state() } : {}), problems: [...ending, ...problems], warnings };
  };
}

function watch(what: string, check: Check): () => Promise<Problem | undefined> {
  let open: Promise<string | undefined> | undefined;
  let since: Date | undefined;
  const ask = () => {
    open ??= check()
      .then(
        () => undefined,
        (error) => messageOf(error) || String((error as { code?: unknown }).code),
      )
      .finally(() => {
        open = undefined;
      });
    return open;
  };
  return async () => {
    const error = await within(ask(), patienceMs, `no answer in ${patienceMs} ms`);
    if (error === undefined) {
      since = undefined;
      return undefined;
    }
    since ??= new Date();
    return { what, error, since };
  };
}
