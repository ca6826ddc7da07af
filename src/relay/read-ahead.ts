/** Lets a reader read on while its caller still works on what was read before. */
export interface ReadAhead<Result> {
  /** Begins a read. When it fails, whoever takes it is told. */
  begin(key: string, read: () => Promise<Result>): void;
  /** What was begun under this key, once; undefined when nothing was. */
  take(key: string): Promise<Result> | undefined;
  /** Settles when no read is running, whatever came of them. */
  whenDone(): Promise<void>;
}

export function createReadAhead<Result>(): ReadAhead<Result> {
  const begun = new Map<string, Promise<Result>>();
  return {
    begin(key, read) {
      const result = read();
      result.catch(() => {}); // its taker hears of it, if there is one
      begun.set(key, result);
    },
    take(key) {
      const result = begun.get(key);
      begun.delete(key);
      return result;
    },
    async whenDone() {
      await Promise.allSettled(begun.values());
    },
  };
}
