/**
 * Event type patterns: an exact type (`video.watch_started`) or a domain's all (`video.*`).
 */
export function matchesType(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) =>
    isOneType(pattern) ? pattern === type : type.startsWith(pattern.slice(0, -1)),
  );
}

export function isTypePattern(pattern: string): boolean {
  return /^[a-z_]+\.([a-z_]+|\*)$/.test(pattern);
}

/** Whether a pattern names one type, and not a domain's all. */
export function isOneType(pattern: string): boolean {
  return !pattern.endsWith('.*');
}
