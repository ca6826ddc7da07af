/** A page of an account's events. Its cursors stand for versions, and stay good for ever, unlike places in the log. */
import * as banking from '../../domains/banking/queries.ts';
import { wrongArgument } from '../../platform/errors.ts';
import type { QueryAccountHistoryArgs } from '../../schema/generated.ts';
import { pageOf } from '../arguments.ts';
import type { Context } from '../context.ts';

export async function accountHistory(
  { id, after, before, ...range }: QueryAccountHistoryArgs,
  { services }: Context,
) {
  const { events, ...pageInfo } = await banking.accountHistory(services.history, id, {
    after: versionOf('after', after),
    before: versionOf('before', before),
    ...pageOf(range),
  });
  const edges = events.map((node) => ({ cursor: cursorOf(node.aggregateVersion), node }));
  const [startCursor = null, endCursor = null] = [edges.at(0)?.cursor, edges.at(-1)?.cursor];
  return { edges, pageInfo: { ...pageInfo, startCursor, endCursor } };
}

const cursorOf = (version: number) => Buffer.from(`version:${version}`).toString('base64url');

/** Throws BAD_USER_INPUT for what is no cursor of such a page. */
function versionOf(name: string, cursor: string | null | undefined): number | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const match = /^version:([1-9]\d{0,8})$/.exec(Buffer.from(cursor, 'base64url').toString());
  // base64url ignores what it does not know: only the exact text that was given out is a cursor
  if (match && cursorOf(Number(match[1])) === cursor) return Number(match[1]);
  throw wrongArgument(name, `is not a cursor of this list: give one exactly as you received it.`);
}
