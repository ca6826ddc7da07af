/** In a worker's process: counts what it has done, and measures all but the first part. */

export interface Measured {
  /** How many events the clock ran for */
  readonly events: number;
  readonly seconds: number;
  /** Of this process in that time, user and system */
  readonly cpuSeconds: number;
}

export interface Meter {
  /** To be called when the effects of so many events are committed. */
  count(events?: number): void;
}

const warmUp = 0.25; // of the events: connections, statements and compiled code are there afterwards

/** Tells the parent process, once, when so many events have been counted. */
export function createMeter(events: number): Meter {
  let done = 0;
  let begun: { readonly done: number; readonly atMs: number; readonly cpu: NodeJS.CpuUsage } | undefined;
  return {
    count(more = 1) {
      const before = done;
      done += more;
      if (!begun && done >= events * warmUp) {
        begun = { done, atMs: performance.now(), cpu: process.cpuUsage() };
      }
      if (!begun || before >= events || done < events) return;
      const { user, system } = process.cpuUsage(begun.cpu);
      const measured: Measured = {
        events: done - begun.done,
        seconds: (performance.now() - begun.atMs) / 1_000,
        cpuSeconds: (user + system) / 1e6,
      };
      process.send?.(measured);
    },
  };
}
