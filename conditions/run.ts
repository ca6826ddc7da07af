/** One condition: its servers, and whether what happens on them is right. */
import type { Condition, Surroundings } from './condition.ts';
import { doJob } from './job.ts';
import { endOf } from './program.ts';

export interface Verdict {
  readonly condition: string;
  /** What is right on it */
  readonly expected: string;
  readonly isRight: boolean;
  /** Committed events; 0 where it is refused */
  readonly events: number;
  /** What is not right, in sentences */
  readonly wrongs: readonly string[];
  readonly seconds: number;
}

export interface RunOptions {
  /** How long writers write */
  readonly seconds: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Never throws: what goes wrong is what it tells. */
export async function runCondition(condition: Condition, options: RunOptions): Promise<Verdict> {
  const begunAt = performance.now();
  const { name, right } = condition;
  const told = await tryIt(condition, options).catch((error) => ({
    events: 0,
    wrongs: [String((error as Error).message ?? error)],
  }));
  return {
    condition: name,
    expected: right === 'works' ? 'works' : 'refused',
    isRight: told.wrongs.length === 0,
    ...told,
    seconds: (performance.now() - begunAt) / 1_000,
  };
}

async function tryIt({ right, refusesMigrate, prepare }: Condition, options: RunOptions) {
  await using setup = new AsyncDisposableStack();
  const surroundings = await prepare(setup);
  // awaited here: the servers are gone when this returns
  if (right === 'works') return await doJob(surroundings, options);
  return { events: 0, wrongs: await findUnrefused(surroundings, right, refusesMigrate) };
}

/** Every role has to end with a line that says what is wrong and what to do. */
async function findUnrefused(
  { env, own }: Surroundings,
  line: RegExp,
  refusesMigrate = false,
): Promise<readonly string[]> {
  const roles = (['api', 'relay', 'worker'] as const).map(async (role) => ({
    role,
    ...(await endOf('main.ts', { PORT: '0', ...env, ...own?.[role] }, [role])),
  }));
  const migrate = async () => ({ role: 'migration', ...(await endOf('migrate.ts', env)) });
  const ended = await Promise.all([...roles, ...(refusesMigrate ? [migrate()] : [])]);
  return ended
    .filter(({ code, stderr }) => code === 0 || !line.test(stderr))
    .map(({ role, code, stderr }) => `the ${role} ended with ${code}: ${lastLine(stderr)}`);
}

/** Of what it said to whoever started it, which is no line of the log. */
const lastLine = (stderr: string) =>
  stderr
    .trim()
    .split('\n')
    .findLast((line) => !line.startsWith('{'));
