/** Runs what belongs to the caller. What it throws is thrown again by itself, uncaught: it harms no other operation. */
export function outside(work: () => void): void {
  try {
    work();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
