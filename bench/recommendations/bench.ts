/** Whether the recommendation model foretells what people watch next better than a list of what is popular. */
import { type MovieLens, readMovieLens } from '../../demo/movielens.ts';
import { startPostgres } from '../../dev/postgres.ts';
import { messageOf } from '../../src/platform/errors.ts';
import { openDatabase } from '../../src/platform/postgres.ts';
import { createMigratedDatabase } from '../database.ts';
import { type Bench, type BenchContext, type BenchResult, type Case, UsageError } from '../harness.ts';
import { ratio } from '../stats.ts';
import { recommendEach, replay } from './model.ts';
import { createPopularity } from './popularity.ts';
import { type Accuracy, measureAccuracy } from './recall.ts';
import { type Split, splitByTime } from './split.ts';

export const recommendations: Bench = {
  name: 'recommendations',
  about: 'recall@10 of the recommendation model on the last 20 % of each history, against popularity',
  options: {
    data: { value: 'DIR', about: 'a MovieLens folder, with movies.csv and ratings.csv' },
  },
  floors: [
    {
      ratio: 'recallOverPopularity',
      atLeast: 1.1,
      because:
        'a model that needs a projection and a processor must clearly beat a list that is the same for all',
    },
  ],
  run,
};

async function run({ options, progress }: BenchContext): Promise<BenchResult> {
  const { ratings } = await readData(options.data!);
  const split = splitByTime(ratings);
  const { training, heldOut } = split;
  if (heldOut.size === 0)
    throw new UsageError('--data: no user has five viewings, so that nothing can be held out');
  progress(`${training.length} viewings to learn from, ${heldOut.size} users to foretell`);

  const popularity = createPopularity(training);
  const popular = new Map([...heldOut.keys()].map((userId) => [userId, popularity(userId, 10)]));
  const rival = measureAccuracy(heldOut, popular);
  const model = measureAccuracy(heldOut, await askModel(split, progress));
  return {
    cases: [toCase('popularity', split, rival), toCase('model', split, model)],
    ratios: {
      recallOverPopularity: ratio(model.recallAt10, rival.recallAt10),
      hitRateOverPopularity: ratio(model.hitRateAt10, rival.hitRateAt10),
    },
  };
}

const toCase = (name: string, { heldOut, training }: Split, accuracy: Accuracy): Case => ({
  name,
  figures: { ...accuracy, users: heldOut.size, viewings: training.length },
});

/** What the reader refuses is the caller's to correct. */
async function readData(folder: string): Promise<MovieLens> {
  try {
    return await readMovieLens(folder);
  } catch (error) {
    throw new UsageError(`--data ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

async function askModel({ training, heldOut }: Split, progress: BenchContext['progress']) {
  await using server = await startPostgres({ fast: true }); // accuracy is measured, not time
  const url = await createMigratedDatabase(server, 'bench');
  await using database = openDatabase({ url, application: 'aorta-bench' });
  await replay(database.prisma, training, (learned) => {
    if (learned % 10_000 === 0) progress(`learned ${learned} of ${training.length}`);
  });
  return await recommendEach(database.prisma, [...heldOut.keys()], 10);
}
