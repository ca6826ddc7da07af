/** Says what no stranger may ever see. Pure. */
import type { Attack, Observation } from './attack.ts';

/** Returns what is wrong with how the api answered, in a sentence; undefined when nothing is. */
export function faultIn(
  attack: Attack,
  { status, received, unanswered, closed }: Observation,
): string | undefined {
  if (unanswered) return 'a whole request was neither answered nor refused';
  if (status !== undefined && status >= 500 && status !== 503 && !isRefusedProtocol(status))
    return `the status is ${status}`;
  if (closed === 1011 || closed === 4500) return `the socket was closed with ${closed}`;
  const stack = /\n\s+at .{1,200}:\d+:\d+|node_modules[\\/]|file:\/\/\/|node:internal/.exec(received);
  if (stack) return `the answer shows our insides: ${around(received, stack.index)}`;
  const internal = /"code":"INTERNAL(_SERVER_ERROR)?"|Something went wrong on our side/.exec(received);
  if (internal) return `the answer calls the client's mistake ours: ${around(received, internal.index)}`;
  if (attack.transport === 'http' && /"extensions":\{[^}]*"http":\{/.test(received))
    return 'an error carries extensions.http';
  return undefined;
}

// 501 and 505 are Node's parser's, for what is no HTTP that it knows
const isRefusedProtocol = (status: number) => status === 501 || status === 505;

const around = (text: string, index: number) =>
  JSON.stringify(text.slice(Math.max(0, index - 200), index + 300));
