import type { Pool } from 'pg';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import type { LogReader } from '../../log/reader.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Live } from './live.ts';
import type { Places } from './names.ts';
import type { Progress } from './progress.ts';
import type { ProjectionReaction } from './refuse.ts';

/** A rebuild at work, and what it is done with. */
export interface Rebuild {
  readonly reaction: ProjectionReaction;
  readonly places: Places;
  /** Whose checkpoints are those of the rebuild */
  readonly consumer: string;
  /** Reaches the copies where a handler means the live tables */
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  /** Reads what is live */
  readonly pool: Pool;
  readonly reader: LogReader;
  /** The processor as it was registered when the rebuild began, or went on */
  readonly live: Live;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}
