/**
 * Holds back lines that repeat: the first few of a kind are written whole, the others are counted, and the count is
 * written at intervals. However much goes wrong, and whatever a stranger sends, the log grows by a bounded number of
 * lines; nothing is left out without being counted.
 */

export interface Line {
  /** Its fixed message: `api.fault` */
  readonly name: string;
  /** What tells its kind from others of the name: the consumer and what the error says */
  readonly kind: string;
}

export interface RepeatLimits {
  /** Lines of a kind that are written whole before they are counted */
  readonly ofKind: number;
  /** Lines of a name, whatever their kinds */
  readonly ofName: number;
}

export const repeatLimits: RepeatLimits = { ofKind: 5, ofName: 25 };

const mostNames = 200; // ours are fewer; whoever writes handlers may put anything into a message

/** Lines that were left out: how many, and how to write the summary that stands for them. */
interface Held<Summary> {
  count: number;
  summary: Summary;
}

interface Kind<Summary> {
  written: number;
  held: Held<Summary> | undefined;
}

interface Name<Summary> {
  written: number;
  readonly kinds: Map<string, Kind<Summary>>;
  /** Of kinds that are not kept: there are too many */
  others: Held<Summary> | undefined;
}

/** `Summary` is what is needed to write a line for those that were left out: that of the newest of them is used. */
export class Repeats<Summary> {
  readonly #limits: RepeatLimits;
  readonly #names = new Map<string, Name<Summary>>();

  constructor(limits: RepeatLimits = repeatLimits) {
    this.#limits = limits;
  }

  /** Whether the line is to be written; it is counted if not. */
  admit({ name: text, kind: of }: Line, summary: Summary): boolean {
    const key = this.#names.has(text) || this.#names.size < mostNames ? text : '';
    const name = this.#names.get(key) ?? { written: 0, kinds: new Map(), others: undefined };
    this.#names.set(key, name);
    const isFull = name.written >= this.#limits.ofName;
    const kind = name.kinds.get(of);
    if (!kind && isFull) {
      name.others = { count: (name.others?.count ?? 0) + 1, summary };
      return false;
    }
    const kept = kind ?? { written: 0, held: undefined };
    name.kinds.set(of, kept);
    if (isFull || kept.written >= this.#limits.ofKind) {
      kept.held = { count: (kept.held?.count ?? 0) + 1, summary };
      return false;
    }
    kept.written += 1;
    name.written += 1;
    return true;
  }

  /**
   * Gives what was left out since the last call, and forgets it. A kind that went on repeating stays counted; one that has
   * paused for an interval is written whole again.
   */
  take(): readonly { readonly count: number; readonly summary: Summary }[] {
    const taken: Held<Summary>[] = [];
    for (const [text, name] of this.#names) {
      for (const [of, kind] of name.kinds) {
        if (kind.held) taken.push(kind.held);
        else {
          name.kinds.delete(of);
          name.written -= kind.written;
        }
        kind.held = undefined;
      }
      if (name.others) taken.push(name.others);
      name.others = undefined;
      if (name.kinds.size === 0) this.#names.delete(text);
    }
    return taken;
  }
}
