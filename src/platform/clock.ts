/**
 * The time of the database, which is one for all processes. Machines tell it differently, and one that is wrong would give
 * up what is in time, or date what happens after tomorrow.
 */
export interface Clock {
  now(): Date;
  /** By how much the clock of this machine is ahead of the database's, ms; below 0 when it is behind */
  readonly aheadMs: number;
}

/** As `Clock`, with what keeps it right. */
export interface DatabaseClock extends Clock {
  /**
   * Takes what the database said between two moments of `performance.now()`, as Cristian's algorithm has it: it is in the
   * middle of them, give or take half of the time between. The certain one of two that agree is kept.
   */
  hear(databaseMs: number, askedAt: number, heardAt: number): void;
}

const driftPerMs = 1 / 1_000; // a quartz goes wrong by far less: what is old is trusted a little less

/** Until it has heard of the database it tells the time of the machine. */
export function createDatabaseClock(): DatabaseClock {
  let known: { readonly originMs: number; readonly errorMs: number; readonly at: number } | undefined;
  const nowMs = () => (known ? known.originMs + performance.now() : Date.now());
  return {
    // by a clock that nobody sets: a machine whose time is put right meanwhile makes no leap here
    now: () => new Date(nowMs()),
    get aheadMs() {
      return Date.now() - nowMs();
    },
    hear(databaseMs, askedAt, heardAt) {
      const errorMs = (heardAt - askedAt) / 2;
      const originMs = databaseMs - (askedAt + heardAt) / 2;
      const next = { originMs, errorMs, at: heardAt };
      if (known) {
        const knownErrorMs = known.errorMs + (heardAt - known.at) * driftPerMs;
        const agree = Math.abs(originMs - known.originMs) <= errorMs + knownErrorMs;
        if (agree && errorMs > knownErrorMs) return;
      }
      known = next;
    },
  };
}

const toleratedMs = 1_000;

/** Throws when the clock of this machine is wrong by more than a second. Nothing is written by it. */
export function checkClock({ aheadMs }: Clock): void {
  if (Math.abs(aheadMs) <= toleratedMs) return;
  const wrong = `${Math.round(Math.abs(aheadMs) / 1_000)} s ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
  throw new Error(
    `The clock of this machine is ${wrong} that of PostgreSQL, by which all times are told. Set it right: tokens and logs go by it.`,
  );
}
