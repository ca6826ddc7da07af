export interface AskOptions {
  readonly wait: (attempt: number) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** A function that asks until it is answered. Whoever calls it meanwhile waits for the same answer. */
export function askUntilAnswered<Answer>(ask: () => Answer | Promise<Answer>, { wait, onError }: AskOptions) {
  let asking: Promise<Answer> | undefined;
  const untilAnswered = async () => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await ask();
      } catch (error) {
        onError(error);
        await wait(attempt);
      }
    }
  };
  return () => {
    asking ??= untilAnswered().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}
