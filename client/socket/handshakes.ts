/** When to give up: a handshake or a sign-in that is refused is not tried for ever. */
import { AortaError, type CloseEventLike, isSignInRefusal, reasonOf } from '../errors.ts';
import { askOverHttp } from './ask-over-http.ts';

const refusalsTaken = 5; // in a row; by then some eight seconds have passed, with the pauses as they come
const refusalsTakenFromKnown = 10; // where it worked before, such as while a proxy's routes change: about a minute
const askTimeoutMs = 5_000;
const statusInReason = /Unexpected server response: (\d{3})/; // the package ws tells it

export interface Handshakes {
  connecting(url: string): void;
  opened(): void;
  connected(): void;
  closed(event: CloseEventLike): void;
  /** Returns why no further try is worth it. Asks the server over HTTP when its sockets do not open. */
  findRefusal(): Promise<AortaError | undefined>;
  /** Whoever tries again after a refusal starts afresh. */
  forget(): void;
}

export function watchHandshakes(): Handshakes {
  let url = '';
  let phase: 'connecting' | 'opened' | 'connected' = 'connecting';
  let everConnected = false;
  let unopened = 0;
  let answered = 0; // failures in a row after which the server was there: one that has just come was not asked for a socket yet
  let signInsRefused = 0;
  let last: CloseEventLike = { code: 1006, reason: '' };

  const findRefusal = async () => {
    const patience = everConnected ? refusalsTakenFromKnown : refusalsTaken;
    if (signInsRefused >= patience) {
      return new AortaError(`The sign-in was refused ${signInsRefused} times in a row: ${reasonOf(last)}`, {
        code: 'UNAUTHENTICATED',
        retryable: false,
        closeCode: last.code,
        cause: last,
      });
    }
    if (unopened < patience) return;
    const told = Number(statusInReason.exec(last.reason)?.[1]);
    const answer = told ? ({ kind: 'status', status: told } as const) : await askOverHttp(url, askTimeoutMs);
    if (answer.kind === 'status' && [401, 403, 404, 410].includes(answer.status)) {
      return refused(`it answers with HTTP status ${answer.status}`, answer.status, false);
    }
    const mayPass = answer.kind === 'none' || (answer.kind === 'status' && mayPassStatus(answer.status));
    answered = answer.kind === 'none' ? 0 : answered + 1;
    if (mayPass || everConnected || unopened < refusalsTakenFromKnown || answered < 2) return;
    const seen = answer.kind === 'status' ? ` with status ${answer.status}` : '';
    return refused(`it answers HTTP requests${seen}, and opens no WebSocket to this page`, undefined, true);
  };

  const refused = (why: string, status: number | undefined, retryable: boolean) =>
    new AortaError(
      `No WebSocket could be opened at ${withoutQuery(url)}, ${unopened} times in a row: ${why}. ` +
        'Check the URL, whether the API allows the origin of this page (ALLOWED_ORIGINS), and whether each proxy between passes upgrades on.',
      { code: 'CONNECTION_REFUSED', retryable, closeCode: last.code, cause: { ...last, status } },
    );

  return {
    connecting(to) {
      url = to;
      phase = 'connecting';
    },
    opened() {
      phase = 'opened';
      unopened = 0;
      answered = 0;
    },
    connected() {
      phase = 'connected';
      everConnected = true;
      signInsRefused = 0;
    },
    closed(event) {
      last = event;
      if (phase === 'connecting') unopened += 1;
      else if (phase === 'opened' && isSignInRefusal(event)) signInsRefused += 1;
    },
    findRefusal,
    forget() {
      unopened = 0;
      answered = 0;
      signInsRefused = 0;
    },
  };
}

/** Overload and maintenance */
const mayPassStatus = (status: number) => status >= 500 || [408, 425, 429].includes(status);

/** A token may be in it. */
const withoutQuery = (url: string) => url.replace(/[?#].*$/, '');
