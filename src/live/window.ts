/** The newest of a growing sequence: items are added at its end and let go at its start, at the same cost however many. */
export class Window<Item> {
  #items: (Item | undefined)[] = [];
  #gone = 0;

  get length(): number {
    return this.#items.length - this.#gone;
  }

  /** Counted from the oldest that is held. */
  at(index: number): Item {
    return this.#items[this.#gone + index]!;
  }

  push(item: Item): void {
    this.#items.push(item);
  }

  /** Lets the oldest go and gives it. There must be one. */
  shift(): Item {
    const item = this.#items[this.#gone]!;
    this.#items[this.#gone] = undefined;
    this.#gone += 1;
    // moved rarely: each item is moved once on average
    if (this.#gone > this.#items.length / 2) {
      this.#items = this.#items.slice(this.#gone);
      this.#gone = 0;
    }
    return item;
  }

  /** The index of the first item that passes; those that pass must all come after those that do not. */
  firstWhere(passes: (item: Item) => boolean): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (passes(this.at(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
