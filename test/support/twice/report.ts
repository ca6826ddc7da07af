/** What was done twice, and what should not have come of it: one line of JSON each, from every process of a test. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export type Doubled =
  /** What the second call to publish a batch was answered */
  | { readonly done: 'published'; readonly answer: unknown }
  /** Jobs that were added under a second id */
  | { readonly done: 'enqueued'; readonly queue: string; readonly jobs: number }
  | { readonly done: 'ran'; readonly queue: string; readonly how: 'after' | 'at once' }
  /** A second time that changed something */
  | { readonly done: 'harm'; readonly what: string };

export function report(line: Doubled): void {
  const file = process.env.AORTA_TWICE_REPORT;
  if (file) appendFileSync(file, `${JSON.stringify(line)}\n`);
}

export function readReport(file: string): readonly Doubled[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Doubled);
}
