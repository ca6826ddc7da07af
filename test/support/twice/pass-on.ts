import { ChildProcess } from 'node:child_process';
import { twice } from './environment.ts';

/** What `spawn`, `fork` and `execFile` make of their arguments. */
interface Start {
  readonly file: string;
  readonly envPairs: readonly string[];
}

/** Every Node process that this one starts delivers everything twice too, however little of the environment it gets. */
export function passOn(): void {
  const prototype = ChildProcess.prototype as unknown as { spawn(start: Start): unknown };
  const { spawn } = prototype;
  prototype.spawn = function (start) {
    const isOurs =
      start.file === process.execPath && !start.envPairs.some((pair) => pair.startsWith('AORTA_TWICE='));
    return spawn.call(this, isOurs ? { ...start, envPairs: addTo(start.envPairs) } : start);
  };
}

function addTo(given: readonly string[]): string[] {
  const { AORTA_TWICE, AORTA_TWICE_REPORT = '' } = process.env;
  const added = twice(AORTA_TWICE_REPORT, AORTA_TWICE);
  const own = given.find((pair) => pair.startsWith('NODE_OPTIONS='));
  return [
    ...given.filter((pair) => pair !== own),
    ...Object.entries(added).map(([name, value]) => `${name}=${value}`),
    ...(own ? [`${own} ${added.NODE_OPTIONS}`] : []), // the last one of a name counts
  ];
}
