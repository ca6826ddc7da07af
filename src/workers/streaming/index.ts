import type { Reaction } from '../reaction.ts';
import { analytics } from './analytics.ts';
import { badges } from './badges.ts';
import { notifications } from './notifications.ts';
import { preferences } from './preferences.ts';
import { rankings } from './rankings.ts';
import { recommendations } from './recommendations.ts';

/** Called after a commit, to tell signals; a call can be lost. Must not throw. */
export interface StreamingHooks {
  /** Who watches these videos may be others than before */
  readonly viewershipChanged: (videoIds: readonly string[]) => void;
  readonly leaderboardChanged: () => void;
}

/** The services that react to viewing. The seventh, viewing itself, is the mutation's own transaction. */
export function streamingReactions(hooks: StreamingHooks): readonly Reaction[] {
  return [
    preferences,
    recommendations,
    analytics({ changed: hooks.viewershipChanged }),
    notifications,
    badges,
    rankings({ changed: hooks.leaderboardChanged }),
  ];
}
