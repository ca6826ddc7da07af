import type { AortaClient, Progress, Status } from '../../client/index.ts';
import { until } from '../support/until.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a test selects has no type here; its expectations are the check
type Result = any;

export interface Listening {
  /** Everything that the sink was told, in order */
  readonly told: readonly (Progress | { readonly result: Result })[];
  readonly results: readonly Result[];
  readonly progress: readonly Progress[];
  readonly status: Status;
  /** How it ended; undefined while it runs */
  readonly end: 'complete' | { readonly error: unknown } | undefined;
  /** The ids of the events of the field, which the document must select */
  ids(field?: string): string[];
  /** Settles when this is the status, or has been since the last wait for one: it may pass sooner than it is looked for. */
  untilStatus(status: Status): Promise<unknown>;
  stop(): void;
}

export interface ListenPayload {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly after?: string;
}

/** Runs an operation with Aorta's client, and keeps all that the client tells. */
export function listen(client: AortaClient, { query, variables, after }: ListenPayload): Listening {
  const told: (Progress | { result: Result })[] = [];
  const results: Result[] = [];
  const progress: Progress[] = [];
  let end: Listening['end'];
  const stop = client.subscribe(
    { query, variables, extensions: after === undefined ? undefined : { after } },
    {
      next(result) {
        told.push({ result });
        results.push(result);
      },
      progress(now) {
        told.push(now);
        progress.push(now);
      },
      error(error) {
        end = { error };
      },
      complete() {
        end = 'complete';
      },
    },
  );
  const status = () => progress.at(-1)?.status ?? 'catching up';
  let waitedFor = 0; // of the progress
  const hasBeen = (wanted: Status) => {
    const place = progress.findIndex((told, index) => index >= waitedFor && told.status === wanted);
    if (place < 0) return status() === wanted;
    waitedFor = place + 1;
    return true;
  };
  return {
    told,
    results,
    progress,
    get status() {
      return status();
    },
    get end() {
      return end;
    },
    ids: (field = 'events') => results.map(({ data }) => data[field].id),
    untilStatus: (wanted) =>
      until(() => hasBeen(wanted), {
        message: () => `the subscription is ${wanted}; it is ${status()}, its end is ${end}`,
      }),
    stop,
  };
}
