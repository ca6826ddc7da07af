/** What the demo comes to: as figures for programs, and as a table for people. */
import type { Latency, Verdict } from './verdict.ts';

export interface Summary extends Verdict {
  /** Events in the outbox */
  readonly recorded: number;
  /** Events added to the streams in Redis */
  readonly published: number;
  /** `startWatching` calls that the replay made, each answered */
  readonly starts: number;
  /** By service: how many of the starts it handled */
  readonly handled: Readonly<Record<string, number>>;
  /** By service: events of any type that it did not handle; only those that have some */
  readonly missing: Readonly<Record<string, number>>;
  /** From PostgreSQL's commit to the client, over the last viewings, at 50 a second or less; null without any */
  readonly latencyMs: Latency | null;
  /** The same over the viewings before, when they were faster than that, so that it is mostly waiting; else null */
  readonly latencyUnderLoadMs: Latency | null;
  /** Over the viewings before the last ones: recorded, delivered and handled by every service that ran */
  readonly eventsPerSecond: number;
  /** From the first viewing to the end, all phases */
  readonly seconds: number;
  readonly ok: boolean;
}

/** Whether every event was published, arrived once and in order, and every service handled every event. */
export function isFaultless(summary: Omit<Summary, 'ok'>): boolean {
  const { recorded, published, delivered, starts, lost, doubled, reordered, phantom, handled, missing } =
    summary;
  return (
    [lost, doubled, reordered, phantom].every((count) => count === 0) &&
    [published, delivered].every((count) => count === recorded) &&
    Object.values(handled).every((count) => count === starts) &&
    Object.keys(missing).length === 0
  );
}

/** The table for people. */
export function formatSummary(summary: Summary): string {
  const { handled, missing, latencyMs, latencyUnderLoadMs } = summary;
  const rows: [string, string][] = [
    ['Viewings', count(summary.starts)],
    ['Events recorded', count(summary.recorded)],
    ['Events published', count(summary.published)],
    ['Events delivered', count(summary.delivered)],
    ...Object.entries(handled).map(([service, starts]): [string, string] => [
      `Starts handled by ${service}`,
      count(starts),
    ]),
    ...Object.entries(missing).map(([service, events]): [string, string] => [
      `Events missing at ${service}`,
      count(events),
    ]),
    ['Lost', count(summary.lost)],
    ['Doubled', count(summary.doubled)],
    ['Out of order', count(summary.reordered)],
    ...(summary.phantom > 0 ? [['Never committed', count(summary.phantom)] satisfies [string, string]] : []),
    ...(latencyMs ? [['Commit to client', inWords(latencyMs)] satisfies [string, string]] : []),
    ...(latencyUnderLoadMs
      ? [['Commit to client under load', inWords(latencyUnderLoadMs)] satisfies [string, string]]
      : []),
    ['Events per second, end to end', count(summary.eventsPerSecond)],
    ['Time', `${summary.seconds.toFixed(1)} s`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const verdict = summary.ok
    ? 'Nothing was lost, doubled or out of order, and every service handled every event.'
    : 'This is not as it should be: see above.';
  return [...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), '', verdict].join('\n');
}

const count = (value: number) => value.toLocaleString('en');
const inWords = ({ p50, p99 }: Latency) => `p50 ${p50} ms, p99 ${p99} ms`;
