/** Worker processes under a supervisor, as an orchestrator runs them: whichever ends is started again. */
import type { WorkerProcess } from './worker-process.ts';

export interface Crew extends AsyncDisposable {
  /** Those that run now */
  readonly members: readonly WorkerProcess[];
  /** How many were started again so far */
  readonly restarts: number;
}

/** Keeps so many processes running until it is disposed; then it kills them. */
export function startCrew(size: number, spawn: () => WorkerProcess): Crew {
  let isOver = false;
  let restarts = 0;
  const places = Array.from({ length: size }, spawn);
  const supervise = async (place: number): Promise<void> => {
    await places[place]!.exited;
    if (isOver) return;
    restarts += 1;
    places[place] = spawn();
    return supervise(place);
  };
  const supervisors = places.map((_, place) => supervise(place));
  return {
    get members() {
      return places.filter((member) => !member.hasExited);
    },
    get restarts() {
      return restarts;
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      await Promise.all(places.map((member) => member.kill('SIGKILL')));
      await Promise.all(supervisors);
    },
  };
}
