/** The demo's own subscribers: one that follows everything, and those of a few viewers, as their apps would have them. */
import type { ApiClient } from './api-client.ts';
import type { Samples } from './samples.ts';
import { type Item, openEventStream, openSocket, type Subscription } from './subscriptions.ts';
import { type Arrival, judge, type Recorded, type Verdict } from './verdict.ts';

export interface Checker {
  /** What arrived at the one that follows everything */
  readonly arrivals: readonly Arrival[];
  /** How many subscriptions there are */
  readonly subscriptions: number;
  /** Cuts the connection of the viewers' subscriptions, which then have to find back. */
  cut(): void;
  /** All subscriptions taken together, each against what it asked for. Throws when one was refused. */
  judge(recorded: readonly Recorded[]): Verdict;
  /** Whether each has received at least as many events as it should. */
  isComplete(recorded: readonly Recorded[]): boolean;
  close(): Promise<void>;
}

interface Watched {
  readonly subscription: Subscription;
  readonly wants: (event: Recorded) => boolean;
}

const plain = '{ id cursor }';

/** Opens everything from the newest place in the log on, so that what happens after this call has to arrive. */
export async function openChecker(
  url: string,
  { api, followed, samples }: { api: ApiClient; followed: readonly string[]; samples: Samples },
): Promise<Checker> {
  const { head: after } = await api.call<{ head: string }>('{ head }');
  const socket = openSocket(url);
  const apps = openSocket(url);
  const everything: Watched = {
    subscription: socket.subscribe({
      query: `subscription ($after: Cursor) { events(after: $after) ${plain} }`,
      after,
    }),
    wants: () => true,
  };
  const badges: Watched = {
    subscription: openEventStream(url, {
      query: `subscription ($after: Cursor) {
        events(types: ["badge.awarded"], after: $after) { id cursor ... on BadgeAwarded { userId badge } }
      }`,
      after,
      onItem: samples.badge,
    }),
    wants: ({ type }) => type === 'badge.awarded',
  };
  const ofUser = (userId: string): Watched[] => {
    const open = (field: string, fields: string, onItem?: (item: Item) => void) =>
      apps.subscribe({
        query: `subscription ($after: Cursor) { ${field}(userId: ${JSON.stringify(userId)}, after: $after) ${fields} }`,
        after,
        ...(onItem ? { onItem } : {}),
      });
    const wants =
      (...types: readonly string[]) =>
      ({ type, keys }: Recorded) =>
        types.includes(type) && keys.includes(`user:${userId}`);
    return [
      {
        subscription: open('watchActivity', plain),
        wants: wants('video.watch_started', 'video.quality_changed', 'video.watch_stopped'),
      },
      {
        subscription: open('notifications', '{ id cursor userId message }', samples.notification),
        wants: wants('notification.sent'),
      },
      {
        subscription: open(
          'recommendations',
          '{ id cursor userId videos { title } }',
          samples.recommendations,
        ),
        wants: wants('recommendation.updated'),
      },
    ];
  };
  const watched = [everything, badges, ...followed.flatMap(ofUser)];
  return {
    arrivals: everything.subscription.arrivals,
    subscriptions: watched.length,
    cut: () => apps.cut(),
    isComplete: (recorded) =>
      watched.every(
        ({ subscription, wants }) => subscription.arrivals.length >= recorded.filter(wants).length,
      ),
    judge(recorded) {
      const refused = watched.find(({ subscription }) => subscription.refused !== undefined);
      if (refused) throw new Error(`a subscription was refused: ${refused.subscription.refused}`);
      const verdicts = watched.map(({ subscription, wants }) =>
        judge(recorded.filter(wants), subscription.arrivals),
      );
      const sum = (count: (verdict: Verdict) => number) =>
        verdicts.reduce((total, each) => total + count(each), 0);
      return {
        delivered: verdicts[0]!.delivered,
        lost: sum(({ lost }) => lost),
        doubled: sum(({ doubled }) => doubled),
        reordered: sum(({ reordered }) => reordered),
        phantom: sum(({ phantom }) => phantom),
      };
    },
    async close() {
      await badges.subscription.close();
      await Promise.all([socket.close(), apps.close()]);
    },
  };
}
