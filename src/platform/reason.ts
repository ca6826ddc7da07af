/** Why something failed, in a word of a small set: a label of metrics, where the text itself would be a new series each. */

const redisWord = /^[A-Z]{2,20}$/;

/**
 * Redis's own word (OOM, MISCONF, NOPERM), PostgreSQL's SQLSTATE (53100 is a full disk), the system's code
 * (ECONNREFUSED), TIMEOUT for an answer that stayed away, AWAY for a store that is known to be away; else the class.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  const { name, message } = error;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  if (name === 'ReplyError') return firstWord(message);
  if (name === 'MaxRetriesPerRequestError' || /^Stream isn't writeable|^Connection is closed/.test(message)) {
    return 'AWAY';
  }
  if (/timed out|timeout/i.test(message)) return 'TIMEOUT';
  if (/^Connection terminated/.test(message)) return 'AWAY';
  return name;
}

function firstWord(reply: string): string {
  const word = reply.split(' ', 1)[0]!;
  return redisWord.test(word) ? word : 'ERR';
}
