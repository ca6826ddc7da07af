/** Pings tell clients how far their subscriptions are. */
import type { Progress } from '../outlet.ts';

export interface OperationProgress extends Progress {
  readonly id: string;
}

const maxLength = 65_536; // characters of ids and cursors, about: what a client parses in one go, and far below what a text can hold

interface Ping {
  readonly type: 'ping';
  readonly payload: {
    /** By operation id */
    readonly cursors: Record<string, string>;
    /** Of these, which are not live yet */
    readonly catchingUp?: string[];
  };
}

/** One ping; more when they would be too long. Each operation is in one of them; one without any is a ping all the same. */
export function* pingMessages(operations: Iterable<OperationProgress>): Generator<Ping> {
  let [part, length]: [OperationProgress[], number] = [[], 0];
  for (const operation of operations) {
    if (length >= maxLength) {
      yield pingOf(part);
      [part, length] = [[], 0];
    }
    part.push(operation);
    length += operation.id.length + operation.cursor.length;
  }
  yield pingOf(part);
}

function pingOf(operations: readonly OperationProgress[]): Ping {
  const cursors: Record<string, string> = Object.create(null); // clients choose the ids: __proto__ is one
  const catchingUp: string[] = [];
  for (const { id, cursor, live } of operations) {
    cursors[id] = cursor;
    if (!live) catchingUp.push(id);
  }
  return { type: 'ping', payload: catchingUp.length > 0 ? { cursors, catchingUp } : { cursors } };
}
