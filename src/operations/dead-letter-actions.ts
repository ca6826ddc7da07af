/** Sending dead letters to their consumer again, and letting them go. */
import type { Pool } from 'pg';
import { z } from 'zod';
import { badUserInput, notFound } from '../platform/errors.ts';

/** Which dead letters: those with these ids, those of this consumer, or, with both, those that are both. */
export interface LetterChoice {
  readonly ids?: readonly string[] | undefined;
  readonly consumer?: string | undefined;
}

const chosen = '($1::uuid[] IS NULL OR id = ANY($1)) AND ($2::text IS NULL OR consumer = $2)';

/**
 * Asks for the dead letters to be handled again; gives how many. They stay until a handler's commit takes them away.
 * Throws BAD_USER_INPUT for a choice of everything and for ids that are none, NOT_FOUND for an unknown consumer.
 */
export async function redrive(pool: Pool, choice: LetterChoice): Promise<number> {
  checkChoice(choice);
  // one that is on its way already keeps its number, and so gets no second job
  const { rowCount } = await pool.query(
    `UPDATE dead_letter
        SET redrives = redrives + (redrive_requested_at IS NULL)::int,
            redrive_requested_at = coalesce(redrive_requested_at, now())
      WHERE ${chosen}`,
    [choice.ids, choice.consumer],
  );
  return knownCount(pool, choice, rowCount ?? 0);
}

/**
 * Takes the dead letters away and notes their events as done with, in one statement, so that nothing brings them back;
 * gives how many. Throws as `redrive` does.
 */
export async function discard(pool: Pool, choice: LetterChoice): Promise<number> {
  checkChoice(choice);
  const { rows } = await pool.query<{ count: number }>(
    `WITH gone AS (
       DELETE FROM dead_letter WHERE ${chosen} RETURNING consumer, event_id, position, attempts),
     noted AS (
       INSERT INTO inbox (consumer, event_id, position, handled, attempts)
       SELECT consumer, event_id, position, false, attempts FROM gone
       ON CONFLICT DO NOTHING)
     SELECT count(*) FROM gone`,
    [choice.ids, choice.consumer],
  );
  return knownCount(pool, choice, rows[0]!.count);
}

function checkChoice({ ids, consumer }: LetterChoice): void {
  if (ids === undefined && consumer === undefined) throw badUserInput('Name ids or a consumer.');
  const wrong = ids?.find((id) => !z.guid().safeParse(id).success);
  if (wrong !== undefined) throw badUserInput(`"${wrong}" is no id of a dead letter.`);
}

/** A consumer that was deregistered may have left dead letters behind: only one without any is unknown. */
async function knownCount(pool: Pool, { consumer }: LetterChoice, count: number): Promise<number> {
  if (count > 0 || consumer === undefined) return count;
  const { rowCount } = await pool.query('SELECT FROM consumer WHERE name = $1', [consumer]);
  if (rowCount === 0) throw notFound('consumer', consumer);
  return 0;
}
