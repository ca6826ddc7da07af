/**
 * On whose behalf something runs. It is known to everything that a request has called, however deep, so that whoever
 * writes a resolver need not pass it on: connections are handed out fairly by it, and given back when it is given up.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';

/** Who wants something: clients take turns, and so do the connections of one client. */
export interface Requester {
  /** The viewer, or the address of somebody who is not signed in */
  readonly client: string;
  /** The socket that it came over: equal for two requests exactly when they came over the same; none stands for many */
  readonly connection: object | undefined;
}

export interface Work {
  readonly requester: Requester;
  /** Aborted when nobody waits for the result any more; none for what must come to its end */
  readonly signal: AbortSignal | undefined;
}

/** What the process does for itself, and for many at once. */
export const itself: Requester = { client: '', connection: undefined };

/** Nobody can give it up. */
export const ownWork: Work = { requester: itself, signal: undefined };

const current = new AsyncLocalStorage<Work>();

/** Calls it; what it begins runs for this work. */
export const runFor = <Result>(work: Work, call: () => Result): Result => current.run(work, call);

/** Calls it for the process itself, whoever has asked first. */
export const runForAll = <Result>(call: () => Result): Result => current.exit(call);

export const currentWork = (): Work => current.getStore() ?? ownWork;

/** Of a request on this connection. */
export function requesterOf(
  connection: Socket,
  { scope, actor }: { scope: string; actor: string | null },
): Requester {
  return { client: actor === null ? `address ${connection.remoteAddress}` : `viewer ${scope}`, connection };
}
