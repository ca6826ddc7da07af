import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on standard error, which leaves standard output to a command's own answer. */
export function createLogger(role: string, level: string): Logger {
  return pino({ level, base: { role, pid: process.pid } }, pino.destination({ dest: 2, sync: false }));
}
