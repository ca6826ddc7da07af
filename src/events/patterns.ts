/**
 * Event type patterns: an exact type (`video.watch_started`) or a domain's all (`video.*`).
 */
import type { EventHead } from './define-event.ts';

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

/** The patterns that name some of these types. */
export type PatternOf<Type extends string> =
  | Type
  | (Type extends `${infer Domain}.${string}` ? `${Domain}.*` : never);

/** The types that a pattern names. */
type TypesOf<Pattern extends string> = Pattern extends `${infer Domain}.*` ? `${Domain}.${string}` : Pattern;

/** Those of the definitions that a pattern names; all of them where their types are not known before they run. */
export type Matching<Definition extends EventHead, Pattern extends string> = string extends Definition['type']
  ? Definition
  : Extract<Definition, { readonly type: TypesOf<Pattern> }>;

/**
 * Those of the definitions that one of the patterns names, in their own order: what a reaction declares as its
 * `events`. Its handler then gets the union of exactly these events. Throws for a pattern that names none of them.
 */
export function matching<Definition extends EventHead, const Pattern extends PatternOf<Definition['type']>>(
  definitions: readonly Definition[],
  ...patterns: readonly [Pattern, ...Pattern[]]
): readonly Matching<Definition, Pattern>[] {
  const idle = patterns.find((pattern) => !definitions.some(({ type }) => matchesType([pattern], type)));
  if (idle !== undefined) throw new Error(`no event type matches "${idle}"`);
  const found = definitions.filter(({ type }) => matchesType(patterns, type));
  return found as readonly EventHead[] as readonly Matching<Definition, Pattern>[];
}
