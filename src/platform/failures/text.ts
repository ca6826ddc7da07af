/**
 * The one place where an error becomes text: what is stored of it and shown to operators, what a log line says, and what
 * a client may see.
 */
import { messageOf } from '../errors.ts';
import { redact } from '../secrets.ts';
import { headlineOf } from './headline.ts';
import { isOutage } from './outage.ts';

const longestStored = 8_000; // characters; a stack has about 1,000
const longestSummary = 300;
const deepest = 5; // causes

/** All that is known of an error, for operators: its stack and those of its causes, without secrets, bounded. */
export function stackOf(error: unknown): string {
  const parts: string[] = [];
  let each: unknown = error;
  for (let depth = 0; depth < deepest && each !== undefined && each !== null; depth += 1) {
    const text = each instanceof Error ? textOf(each) : String(each);
    parts.push(depth === 0 ? text : `Caused by: ${text}`);
    each = each instanceof Error ? each.cause : undefined;
  }
  return redact(parts.join('\n')).slice(0, longestStored);
}

/** A stack begins with the message as it was when the error was made. */
const textOf = ({ name, message, stack }: Error) => {
  if (!stack) return `${name}: ${message}`;
  return stack.includes(message) ? stack : `${name}: ${message}\n${stack}`;
};

/** A line of what `stackOf` gave, without stack, paths and causes: for clients, and for tables. */
export function summaryOf(stored: string): string {
  return headlineOf(stored, longestSummary).replace(/^(?:[A-Z]\w*)?Error(?: \[\w+\])?: /, '');
}

/** What is logged of an error: a line, and its stack unless a store is just away. */
export function logged(error: unknown): { readonly error: string; readonly stack?: string } {
  const line = headlineOf(messageOf(error), longestSummary) || stackOf(error).split('\n', 1)[0]!;
  return isOutage(error) ? { error: line } : { error: line, stack: stackOf(error) };
}
