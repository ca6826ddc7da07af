/** What handling an event costs: beside job queues that do the same work, and for all services of a domain together. */
import { type Bench, type BenchContext, type BenchResult, UsageError } from '../harness.ts';
import { wholeOption } from '../options.ts';
import { contestants } from './contestants.ts';
import { measureQueues } from './measure-queues.ts';
import { leastPerSecond, measureStreaming } from './streaming/measure.ts';
import { outsideMs, works } from './work.ts';

export const workers: Bench = {
  name: 'workers',
  about: 'how fast handlers get their events, beside other job queues; and seven services under a replay',
  options: {
    part: { value: 'P', about: 'queues, streaming or all; the floors of --check need all', fallback: 'all' },
    works: { value: 'W,W', about: `of the queues: ${works.join(', ')} or all`, fallback: 'all' },
    rounds: { value: 'N', about: 'how often each queue is measured, in turn', fallback: '3' },
    events: { value: 'N', about: 'for those who take a transaction for each', fallback: '5000' },
    batched: { value: 'N', about: 'for those who take batches, or do nothing', fallback: '20000' },
    ordered: { value: 'N', about: `for those who wait ${outsideMs} ms for each`, fallback: '1000' },
    viewings: { value: 'N', about: 'of the replay', fallback: '3000' },
    services: {
      value: 'HOW',
      about: 'together in one worker, or apart in one each: dearer, and shows what each costs',
      fallback: 'together',
    },
    data: { value: 'DIR', about: 'a history in MovieLens format; none generates one', fallback: 'none' },
  },
  floors: [
    {
      ratio: 'sameTransactionOverBullmq',
      atLeast: 0.8,
      because:
        'what Aorta does around a transaction may not cost more than a quarter of a plain worker with the same one',
    },
    {
      ratio: 'byKeyOverSerial',
      atLeast: 5,
      because: `order within a key must not make keys wait for each other, here behind ${outsideMs} ms for something outside`,
    },
    {
      ratio: 'watchEventsOverLeast',
      atLeast: 1,
      because: `seven services have to keep up with ${leastPerSecond} watch events/s on two cores, with everything else on them`,
    },
    { ratio: 'handledOverRecorded', atLeast: 1, because: 'no service may miss an event' },
    { ratio: 'handledOverRecorded', atMost: 1, because: 'no service may handle one twice' },
  ],
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const part = options.part ?? '';
  if (!['queues', 'streaming', 'all'].includes(part))
    throw new UsageError(`--part must be queues, streaming or all, and not "${part}"`);
  const rounds = wholeOption(options, 'rounds');
  const wanted = readWorks(options.works ?? '');
  const all = contestants({
    events: wholeOption(options, 'events'),
    batched: wholeOption(options, 'batched'),
    ordered: wholeOption(options, 'ordered'),
  }).filter(({ work }) => wanted.includes(work));
  const viewings = wholeOption(options, 'viewings');
  const data = options.data === 'none' ? undefined : options.data;
  const services = options.services ?? '';
  if (services !== 'together' && services !== 'apart')
    throw new UsageError(`--services must be together or apart, and not "${services}"`);
  const results: BenchResult[] = [];
  if (part !== 'streaming') results.push(await measureQueues(all, rounds, progress));
  if (part !== 'queues') results.push(await measureStreaming({ data, viewings, services }, progress));
  return {
    cases: results.flatMap(({ cases }) => cases),
    ratios: Object.assign({}, ...results.map(({ ratios }) => ratios)),
  };
}

function readWorks(text: string): readonly string[] {
  if (text === 'all') return works;
  const wanted = text.split(',');
  const unknown = wanted.find((each) => !works.some((work) => work === each));
  if (unknown !== undefined)
    throw new UsageError(`--works names "${unknown}". There are: ${works.join(', ')} and all`);
  return wanted;
}
