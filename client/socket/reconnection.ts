import { type AortaError, type CloseEventLike, reasonOf } from '../errors.ts';
import type { Retry } from '../progress.ts';
import type { Wait } from './backoff.ts';
import { watchHandshakes } from './handshakes.ts';

export interface ReconnectionOptions {
  readonly wait: Wait;
  readonly retrying: (retry: Retry) => void;
  /** No further try is worth it */
  readonly refuse: (error: AortaError) => void;
}

export interface Reconnection {
  connecting(url: string): void;
  opened(): void;
  connected(): void;
  closed(event: CloseEventLike): void;
  /** Settles when the next try may begin; when none is worth it, after what runs was told. */
  pause(): Promise<void>;
  /** The next try begins without a pause, if it is due within so long; ms */
  hurry(forMs: number): void;
  readonly isConnected: boolean;
  readonly givenUp: boolean;
}

/** What becomes of a lost socket: when the next is tried, and when no more is. */
export function createReconnection({ wait, retrying, refuse }: ReconnectionOptions): Reconnection {
  const handshakes = watchHandshakes();
  let failures = 0; // in a row
  let reason = '';
  let isConnected = false;
  let givenUp = false;
  let hurriedUntil = 0;
  return {
    connecting(url) {
      givenUp = false;
      handshakes.connecting(url);
    },
    opened: handshakes.opened,
    connected() {
      isConnected = true;
      failures = 0;
      handshakes.connected();
    },
    closed(event) {
      isConnected = false;
      reason = reasonOf(event);
      handshakes.closed(event);
    },
    async pause() {
      const refusal = await handshakes.findRefusal();
      if (refusal) {
        givenUp = true;
        failures = 0;
        handshakes.forget();
        return refuse(refusal);
      }
      failures += 1;
      const attempt = failures;
      const plan = (nextTryAt: number) => retrying({ attempt, reason, nextTryAt });
      if (performance.now() < hurriedUntil) plan(Date.now());
      else await wait(attempt - 1, { plan });
      hurriedUntil = 0;
    },
    hurry(forMs) {
      hurriedUntil = performance.now() + forMs;
    },
    get isConnected() {
      return isConnected;
    },
    get givenUp() {
      return givenUp;
    },
  };
}
