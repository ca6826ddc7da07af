/** What a run comes to. */
import { countDelivered, judgeArrivals, type Wrong } from './judge.ts';
import type { Options } from './options.ts';
import { type Evidence, tellEffect, tellStory } from './story.ts';
import type { System, Truth } from './system.ts';

/** What `--json` prints. */
export interface Outcome {
  readonly seed: number;
  readonly seconds: number;
  readonly faults: readonly string[];
  /** Events */
  readonly committed: number;
  /** Of these, how many arrived at every client that follows the whole log */
  readonly delivered: number;
  /** At any client, or committed in spite of an answer that said so */
  readonly lost: number;
  /** Arrived, and never committed or not asked for */
  readonly phantom: number;
  readonly doubled: number;
  /** After one of a later position, or of its aggregate and no smaller version */
  readonly reordered: number;
  /** Effects of services that did not happen exactly once */
  readonly effectsNotOnce: number;
}

export interface Told {
  readonly outcome: Outcome;
  /** Of what went wrong first; undefined when nothing did */
  readonly story: string | undefined;
}

/** Compares what every client saw, and what the services did, with what was committed. */
export function compare(
  { seed, seconds, faults }: Options,
  { recorded, wrongs: committedWrong, wrongEffects }: Truth,
  evidence: Evidence,
  promise: Pick<System, 'inPositionOrder'>,
): Told {
  const { followers } = evidence;
  const wrongs = [
    ...committedWrong,
    ...followers.flatMap(({ name, wish, arrivals }) =>
      judgeArrivals(name, recorded.filter(wish.wants), arrivals, promise),
    ),
  ];
  const count = (kind: Wrong['kind']) => wrongs.filter((wrong) => wrong.kind === kind).length;
  const whole = followers.filter(({ wish }) => wish.whole).map(({ arrivals }) => arrivals);
  const first = earliest(wrongs, recorded);
  const [firstEffect] = wrongEffects;
  return {
    outcome: {
      seed,
      seconds,
      faults,
      committed: recorded.length,
      delivered: countDelivered(recorded, whole),
      lost: count('lost'),
      phantom: count('phantom'),
      doubled: count('doubled'),
      reordered: count('reordered'),
      effectsNotOnce: wrongEffects.length,
    },
    story: first ? tellStory(first, evidence) : firstEffect && tellEffect(firstEffect, evidence),
  };
}

/** What went wrong with the event of the smallest position: the others may follow from it. */
function earliest(wrongs: readonly Wrong[], recorded: Truth['recorded']) {
  const positions = new Map(recorded.map(({ id, position }) => [id, position]));
  return wrongs.toSorted(
    (one, other) => (positions.get(one.eventId) ?? 0) - (positions.get(other.eventId) ?? 0),
  )[0];
}
