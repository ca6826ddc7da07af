/** Checks of arguments that the schema cannot express. All throw BAD_USER_INPUT. */
import { isTypePattern } from '../events/patterns.ts';
import type { OutboxFilter } from '../outbox/read-outbox.ts';
import { badUserInput, wrongArgument } from '../platform/errors.ts';

type Nullable<Value> = Value | null | undefined;

interface PageArguments {
  readonly first?: Nullable<number>;
  readonly last?: Nullable<number>;
}

const defaultCount = 50;
const maxCount = 500;
const maxTypes = 100; // each is compared with each event

/** From which end a page is taken, and how long it is. */
export function pageOf({ first, last }: PageArguments): { from: 'first' | 'last'; count: number } {
  if (isGiven(first) && isGiven(last)) throw badUserInput('Give first or last, not both.');
  const from = isGiven(last) ? 'last' : 'first';
  return { from, count: countOf(from, last ?? first ?? defaultCount) };
}

/** The length of a page. */
export function countOf(name: string, count: number): number {
  if (count < 1 || count > maxCount) throw wrongArgument(name, `must be from 1 to ${maxCount}.`);
  return count;
}

interface FilterArguments {
  readonly types?: Nullable<readonly string[]>;
  readonly aggregateId?: Nullable<string>;
  readonly correlationId?: Nullable<string>;
}

/** Which events the arguments ask for. */
export function eventFilterOf({ types, aggregateId, correlationId }: FilterArguments): OutboxFilter {
  if (types && types.length > maxTypes)
    throw badUserInput(
      `types must not have more than ${maxTypes} entries: <domain>.* stands for many.`,
      'types',
    );
  const wrong = types?.findIndex((pattern) => !isTypePattern(pattern)) ?? -1;
  if (wrong >= 0) {
    throw badUserInput(
      `"${types?.[wrong]}" is no event type: write <domain>.<past_tense_fact> or <domain>.*`,
      `types[${wrong}]`,
    );
  }
  return {
    types: types ?? undefined,
    aggregateId: textOf('aggregateId', aggregateId),
    correlationId: textOf('correlationId', correlationId),
  };
}

/** The text, if any; refused when Postgres cannot hold it. */
export function textOf(name: string, text: string): string;
export function textOf(name: string, text: Nullable<string>): string | undefined;
export function textOf(name: string, text: Nullable<string>): string | undefined {
  if (text?.includes('\0') || text?.isWellFormed() === false) {
    throw wrongArgument(name, `holds a forbidden character.`);
  }
  return text ?? undefined;
}

const isGiven = <Value>(value: Nullable<Value>): value is Value => value !== null && value !== undefined;
