/** What every process has used so far. */
import { type PostgresCpuWatch, totalOf } from '../postgres-cpu.ts';
import type { StreamingWorld } from './world.ts';

export interface Usage {
  /** CPU seconds, user and system: its own, and what PostgreSQL spent on its connections */
  readonly own: number;
  readonly inPostgres: number;
}

/** By name: Aorta's processes, `viewers (this bench)`, `redis`, and `postgres` with all that it did for anybody. */
export async function readUsage(
  { processes, redis }: Pick<StreamingWorld, 'processes' | 'redis'>,
  postgres: PostgresCpuWatch,
): Promise<ReadonlyMap<string, Usage>> {
  const byApplication = await postgres.read();
  const usage = new Map<string, Usage>();
  for (const { name, pid, metricsUrl } of processes) {
    const own = metric(await (await fetch(metricsUrl)).text(), 'process_cpu_seconds_total');
    const connections = [...byApplication].filter(([application]) => application.endsWith(`:${pid}`));
    usage.set(name, { own, inPostgres: sum(connections.map(([, seconds]) => seconds)) });
  }
  const { user, system } = process.cpuUsage();
  usage.set('viewers (this bench)', { own: (user + system) / 1e6, inPostgres: 0 });
  const info = await redis.info('cpu');
  usage.set('redis', { own: field(info, 'used_cpu_user') + field(info, 'used_cpu_sys'), inPostgres: 0 });
  usage.set('postgres', { own: totalOf(byApplication) ?? 0, inPostgres: 0 });
  return usage;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const metric = (text: string, name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
const field = (text: string, name: string) => Number(new RegExp(`^${name}:(\\S+)\\s*$`, 'm').exec(text)?.[1]);
