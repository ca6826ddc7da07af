/**
 * Loaded into a server before its own code, by `--import`: answers over the IPC channel what the process has used. It
 * holds nothing open and does nothing unasked, so that the server is the one that a deployment runs.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface ProbeQuestion {
  readonly question: number;
  /** Collects garbage first, and gives what can be given back to the system */
  readonly settle: boolean;
}

export interface ProbeAnswer {
  readonly question: number;
  /** Of the whole process since it started, user and system, s */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  /** When this was true, on the machine's monotonic clock, ms */
  readonly atMs: number;
}

process.on('message', async ({ question, settle }: ProbeQuestion) => {
  if (settle) await collectGarbage();
  const { user, system } = process.cpuUsage();
  const answer: ProbeAnswer = {
    question,
    cpuSeconds: (user + system) / 1e6,
    rssBytes: process.memoryUsage.rss(),
    atMs: Number(process.hrtime.bigint()) / 1e6,
  };
  process.send?.(answer);
});
process.channel?.unref();

/** That of the last resort repeats until nothing more is freed; pages are given back beside it. */
async function collectGarbage(): Promise<void> {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  await delay(50);
}
