/** Which viewing is next: in the order given, but never two of one user at once. */

/** What a schedule needs to know of a viewing. */
interface OfUser {
  readonly userId: string;
}

export interface Schedule<Item extends OfUser> {
  /** The next one whose user is free, who is busy from then on; undefined while there is none. */
  next(): Item | undefined;
  /** Its user is free for the next one. */
  finished(item: Item): void;
}

/**
 * The items of each user come strictly in order, one after the other's end. Users run side by side, at most `ahead` items
 * ahead of the oldest that waits for its user.
 */
export function createSchedule<Item extends OfUser>(items: Iterable<Item>, ahead: number): Schedule<Item> {
  const source = items[Symbol.iterator]();
  /** The waiting items of every user who is busy or ready */
  const waiting = new Map<string, Item[]>();
  /** Users who are free and have an item waiting, by the time they got so */
  const ready: string[] = [];
  let held = 0;

  const fill = () => {
    while (held < ahead) {
      const { done, value: item } = source.next();
      if (done) return;
      held += 1;
      const ofUser = waiting.get(item.userId);
      if (ofUser) {
        ofUser.push(item);
      } else {
        waiting.set(item.userId, [item]);
        ready.push(item.userId);
      }
    }
  };
  return {
    next() {
      fill();
      const userId = ready.shift();
      if (userId === undefined) return undefined;
      held -= 1;
      return waiting.get(userId)!.shift();
    },
    finished({ userId }) {
      if (waiting.get(userId)!.length > 0) ready.push(userId);
      else waiting.delete(userId);
    },
  };
}
