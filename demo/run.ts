/** The demo itself, on a stack that runs: the viewers watch, everything is followed, and then compared. */
import { catalogue } from '../src/app/modules.ts';
import { streamingModule } from '../src/app/streaming-module.ts';
import { type ApiClient, createApiClient } from './api-client.ts';
import { type Checker, openChecker } from './checker.ts';
import { drain, settle } from './drain.ts';
import type { Options } from './options.ts';
import { showProgress } from './progress.ts';
import { replay, type Viewing } from './replay.ts';
import { createSamples } from './samples.ts';
import type { Screen } from './screen.ts';
import { seed } from './seed.ts';
import type { Stack } from './stack.ts';
import type { Story } from './story.ts';
import { isFaultless, type Summary } from './summary.ts';
import { countPublished, countSessions, countStartsHandled, readProgress, readRecorded } from './truth.ts';
import { latencyOf } from './verdict.ts';

/** The services that react to viewing, by name. */
export const services = streamingModule.reactions(() => {}).map(({ name }) => name);

export interface Run {
  readonly options: Options;
  readonly story: Story;
  readonly stack: Stack;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

const calmLimit = 50; // viewings per second that are taken without a queue anywhere
const calmViewings = 200; // the last ones, when every process has warmed up

/** Throws when the API refuses a viewer, when a service stands still, and what aborted `signal`. */
export async function runDemo(run: Run): Promise<Summary> {
  const { options, story, stack, screen, signal } = run;
  const { rate, without } = options;
  await screen.phase(`${story.videos.length} videos, and who is whose friend`, () =>
    seed(stack.database.prisma, story),
  );
  await using cleanup = new AsyncDisposableStack();
  const api = cleanup.adopt(createApiClient(stack.url), (client) => client.close());
  const samples = createSamples((text) => screen.line(`  ${text}`));
  const checker = cleanup.adopt(
    await openChecker(stack.url, { api, followed: story.followed, samples }),
    (opened) => opened.close(),
  );

  const calmCount = Math.min(calmViewings, Math.floor(story.viewings.length / 2));
  const main = story.viewings.slice(0, story.viewings.length - calmCount);
  const calmRate = rate === 'max' ? calmLimit : Math.min(rate, calmLimit);
  const startedAt = performance.now();
  const secondsSince = (time: number) => (performance.now() - time) / 1_000;
  const absent = without.length > 0 ? `, without ${without.join(', ')}` : '';
  const mainTitle = `${count(main.length)} viewings, ${inWords(rate)}${absent}`;
  await screen.phase(mainTitle, () => watchAll(run, { api, checker, viewings: main, rate }));
  const mainSeconds = secondsSince(startedAt);
  const mainEnd = await newestPosition(run);

  if (calmCount > 0) {
    const viewings = story.viewings.slice(-calmCount);
    const calmTitle = `${calmCount} more viewings, ${inWords(calmRate)}${absent}, to see the latency`;
    await screen.phase(calmTitle, () => watchAll(run, { api, checker, viewings, rate: calmRate }));
  }
  const calmEnd = await newestPosition(run);
  if (without.length > 0) await startAgain(run);
  const seconds = secondsSince(startedAt);

  const { pool } = stack.database;
  // awaited here: the subscriptions are to stay open until then
  return await screen.phase('Compared what arrived with what was committed', async () => {
    const recorded = await readRecorded(pool);
    await settle(
      () => checker.isComplete(recorded),
      () => checker.arrivals.length,
      signal,
    );
    const inRange = (after: number, upTo: number) =>
      latencyOf(recorded, checker.arrivals, { after, upTo }) ?? null;
    const topics = { logName: stack.logName, topics: catalogue.topics };
    const found = {
      recorded: recorded.length,
      published: await countPublished(pool, stack.redis, topics),
      ...checker.judge(recorded),
      starts: story.viewings.length,
      handled: { viewing: await countSessions(pool), ...Object.fromEntries(await countStartsHandled(pool)) },
      missing: await readMissing(run),
      latencyMs: inRange(mainEnd, calmEnd),
      latencyUnderLoadMs: rate === calmRate ? null : inRange(0, mainEnd),
      eventsPerSecond: Math.round(
        recorded.filter(({ position }) => position <= mainEnd).length / mainSeconds,
      ),
      seconds: Math.round(seconds * 10) / 10,
    };
    return { ...found, ok: isFaultless(found) };
  });
}

interface Watching {
  readonly api: ApiClient;
  readonly checker: Checker;
  readonly viewings: readonly Viewing[];
  readonly rate: number | 'max';
}

/** Replays the viewings and waits until all they set off is done, telling how far it is. */
async function watchAll(
  { options: { without }, stack, screen, signal }: Run,
  { api, checker, viewings, rate }: Watching,
): Promise<void> {
  let done = 0;
  const progress = showProgress({
    screen,
    api,
    viewings: () => ({ done, all: viewings.length }),
    delivered: () => checker.arrivals.length,
  });
  const onFinished = () => {
    done += 1;
    // half-way the apps lose their network: what they miss has to reach them all the same
    if (done === Math.ceil(viewings.length / 2)) checker.cut();
  };
  try {
    await replay(viewings, { api, rate, signal, onFinished });
    await drain({ pool: stack.database.pool, without, signal });
  } finally {
    progress.stop();
  }
}

/** Starts the services that did not run, and waits until they have caught up. */
async function startAgain({ options: { without }, stack, screen, signal }: Run): Promise<void> {
  const { pool } = stack.database;
  const behind = (await readProgress(pool)).filter(({ consumer }) => without.includes(consumer));
  const events = behind.map(
    ({ consumer, expected, handled }) => `${consumer}, ${count(expected - handled)} events`,
  );
  await screen.phase(`Started again, and caught up: ${events.join('; ')}`, async () => {
    await stack.startServices(without);
    await drain({ pool, signal });
  });
}

async function newestPosition({ stack }: Run): Promise<number> {
  const { rows } = await stack.database.pool.query<{ newest: number }>(
    'SELECT coalesce(max(position), 0) AS newest FROM outbox',
  );
  return rows[0]!.newest;
}

async function readMissing({ stack }: Run): Promise<Record<string, number>> {
  const progress = await readProgress(stack.database.pool);
  const missing = progress.filter(({ expected, handled }) => expected !== handled);
  return Object.fromEntries(missing.map(({ consumer, expected, handled }) => [consumer, expected - handled]));
}

const inWords = (rate: number | 'max') => (rate === 'max' ? 'as fast as they go' : `${rate} per second`);
const count = (value: number) => value.toLocaleString('en');
