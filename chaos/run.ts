/** One run: writers and faults for the time, then waiting for what is still under way, then the comparison. */
import { setTimeout as delay } from 'node:timers/promises';
import { startAorta } from './aorta.ts';
import { inflict } from './inflict.ts';
import type { Options } from './options.ts';
import { compare, type Told } from './outcome.ts';
import { planFaults } from './schedule.ts';
import { untilAllHaveArrived } from './settle.ts';
import { startStock } from './stock/stock.ts';
import type { System } from './system.ts';

/** `say` is told what is going on. Throws what aborted the signal. */
export async function runChaos(
  options: Options,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Told> {
  const { seed, seconds } = options;
  await using system = await start(options, signal);
  const startedAt = Date.now();
  const note = (line: string) => say(`${inSeconds(Date.now() - startedAt).padStart(6)} s  ${line}`);
  note('everything runs');
  const writing = system.startWriting();
  const [inflicted] = await Promise.all([
    inflict({
      stage: system.stage,
      planned: planFaults({ seed, seconds, kinds: options.faults }),
      signal,
      onBegin: ({ fault, lastsMs }, target) =>
        note(`${fault} of ${target}${lastsMs > 0 ? `, for ${inSeconds(lastsMs)} s` : ''}`),
    }),
    delay(seconds * 1_000, undefined, { signal }),
  ]);
  await writing.stop();
  note('no more writers and no more faults: waiting for what is still under way');
  await system.settle();
  await untilAllHaveArrived(system, (await system.readTruth()).recorded, signal);
  // read again: what was done once too often was done late
  const truth = await system.readTruth();
  note('compared');
  for (const mishap of system.mishaps) say(mishap);

  const followers = system.clients.flatMap((client) => client.followers);
  const evidence = { startedAt, recorded: truth.recorded, followers, inflicted };
  return compare(options, truth, evidence, system);
}

function start({ seed, against }: Options, signal: AbortSignal): Promise<System> {
  return against === 'stock' ? startStock(seed, signal) : startAorta(seed, signal);
}

const inSeconds = (ms: number) => (ms / 1_000).toFixed(1);
