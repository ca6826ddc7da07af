/** A handful of arrivals in words, so that people see what a viewer's app would show. */
import type { Item } from './subscriptions.ts';

export interface Samples {
  badge(item: Item): void;
  notification(item: Item): void;
  recommendations(item: Item): void;
}

const mostOfAKind = 2;
const betweenMs = 1_500;

/** Tells at most two of each kind, and not two in a row at once. */
export function createSamples(tell: (text: string) => void): Samples {
  const told = { badge: 0, notification: 0, recommendations: 0 };
  let lastAt = 0;
  const sample = (kind: keyof typeof told, text: string) => {
    if (told[kind] >= mostOfAKind || performance.now() - lastAt < betweenMs) return;
    told[kind] += 1;
    lastAt = performance.now();
    tell(text);
  };
  return {
    badge: ({ userId, badge }) => sample('badge', `${userId} got the badge "${badge}"`),
    notification: ({ userId, message }) => sample('notification', `${userId} was told: ${message}`),
    recommendations({ userId, videos }) {
      const titles = (videos as readonly { readonly title: string }[]).slice(0, 3).map(({ title }) => title);
      sample('recommendations', `${userId} could watch next: ${titles.join(', ')}`);
    },
  };
}
