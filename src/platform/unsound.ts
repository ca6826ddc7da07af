import { stackOf } from './failures/text.ts';
import type { Logger } from './logger.ts';

/**
 * Ends the process with code 1 when something was thrown that nobody caught, or a promise rejected that nobody looks at:
 * what was under way there is in a state that nobody knows, and another process picks up the work. The last line says why.
 */
export function endWhenUnsound(logger: Logger): void {
  const end = (kind: string) => (error: unknown) => {
    logger.fatal({ kind, error: stackOf(error) }, 'process.unsound');
    process.exit(1);
  };
  process.on('uncaughtException', end('uncaught exception'));
  process.on('unhandledRejection', end('unhandled rejection'));
}
