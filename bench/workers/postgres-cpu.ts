/** Which program's connections PostgreSQL has worked for, and how long: from what Linux tells of each of its processes. */
import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';

/** CPU seconds by application name; what is nobody's connection is under ''. Empty where there is no /proc. */
export type PostgresCpu = ReadonlyMap<string, number>;

export interface PostgresCpuWatch extends Disposable {
  read(): Promise<PostgresCpu>;
}

const lookMs = 2_000; // an idle connection is closed after 10 s: none ends unseen with work done since the last look
const ticksPerSecond = 100;

/** Looks every few seconds, so that connections that ended count too. To be disposed of. */
export function watchPostgresCpu(pool: Pool): PostgresCpuWatch {
  const seen = new Map<number, { readonly application: string; readonly cpuSeconds: number }>();
  const look = async () => {
    const { rows } = await pool.query<{ pid: number; application: string }>(
      'SELECT pid, application_name AS application FROM pg_stat_activity',
    );
    for (const { pid, application } of rows) {
      const cpuSeconds = await readCpuSeconds(pid);
      if (cpuSeconds !== undefined) seen.set(pid, { application, cpuSeconds });
    }
  };
  const timer = setInterval(() => void look().catch(() => {}), lookMs); // the next look, or the last, tells
  return {
    async read() {
      await look();
      const sums = new Map<string, number>();
      for (const { application, cpuSeconds } of seen.values()) {
        sums.set(application, (sums.get(application) ?? 0) + cpuSeconds);
      }
      return sums;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Of all connections and PostgreSQL's own work; undefined where there is no /proc. */
export function totalOf(cpu: PostgresCpu): number | undefined {
  return cpu.size === 0 ? undefined : [...cpu.values()].reduce((sum, seconds) => sum + seconds, 0);
}

/** Of one process, user and system; undefined when it has ended, or the system does not tell. */
async function readCpuSeconds(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // the second field, a name in brackets, may hold anything
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
