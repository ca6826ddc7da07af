const longestTimerMs = 2_147_483_647; // of setTimeout, some 25 days; a longer one would fire at once

/** Calls back once, when the clock shows `at` (ms since 1970) or later, however far that is. Returns what cancels it. */
export function onceAt(at: number, callback: () => void): () => void {
  const look = () => {
    if (Date.now() >= at) callback();
    else timer = setTimeout(look, timeUntil(at));
  };
  // never at once: who asks has not been told yet how to cancel
  let timer = setTimeout(look, timeUntil(at));
  return () => clearTimeout(timer);
}

const timeUntil = (at: number) => Math.min(Math.max(at - Date.now(), 0), longestTimerMs);
