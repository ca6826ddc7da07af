/** Who asks, as far as it decides what they may see. */
export interface Viewer {
  /** Who they are; null when nobody is signed in */
  readonly actor: string | null;
  /**
   * Stands for everything of the viewer that a resolver may look at. Subscriptions of viewers with the same scope may
   * share an execution, so that two viewers who may see different things must have different ones.
   */
  readonly scope: string;
  /** When the sign-in ends, ms since 1970; undefined when it does not */
  readonly expiresAt?: number | undefined;
}
