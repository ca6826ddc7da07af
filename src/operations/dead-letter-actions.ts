/** Sending dead letters to their consumer again, and letting them go. */
import { z } from 'zod';
import type { Queryable } from '../outbox/queryable.ts';
import { badUserInput, notFound } from '../platform/errors.ts';

/** Which dead letters: those with these ids, those of this consumer, or, with both, those that are both. */
export interface LetterChoice {
  readonly ids?: readonly string[] | undefined;
  readonly consumer?: string | undefined;
}

const chosen = '($1::uuid[] IS NULL OR id = ANY($1)) AND ($2::text IS NULL OR consumer = $2)';

/** What a redrive sends. */
export interface Redriven {
  /** Of the letters that were chosen, how many are handled again: now, or as soon as those before them are */
  readonly count: number;
  /** Letters that were not chosen and go first, because chosen ones wait for them: ids, in the order of the log */
  readonly first: readonly string[];
}

/**
 * Asks for the dead letters to be handled again. They stay until a handler's commit takes them away. Where a consumer
 * keeps order, a letter goes behind those of its key that failed before it, and takes them along: there is no other way
 * to it, and one that fails again is where it was. Those that wait follow by themselves, none when one fails again.
 * Throws BAD_USER_INPUT for a choice of everything and for ids that are none, NOT_FOUND for an unknown consumer.
 */
export async function redrive(db: Queryable, choice: LetterChoice): Promise<Redriven> {
  checkChoice(choice);
  const { rows } = await db.query<Redriven>(
    `WITH chosen AS (
       SELECT id, consumer, ordering_key, position, waits FROM dead_letter WHERE ${chosen}),
     reach AS (
       SELECT consumer, ordering_key, max(position) AS position FROM chosen
        WHERE ordering_key IS NOT NULL GROUP BY consumer, ordering_key),
     failed AS (
       SELECT id, consumer, ordering_key, letter.position
         FROM dead_letter AS letter JOIN reach USING (consumer, ordering_key)
        WHERE NOT waits AND letter.position <= reach.position),
     sent AS (
       -- one that is on its way already keeps its number, and so gets no second job
       UPDATE dead_letter
          SET redrives = redrives + (redrive_requested_at IS NULL)::int,
              redrive_requested_at = coalesce(redrive_requested_at, now())
        WHERE id IN (SELECT id FROM chosen WHERE NOT waits)
           OR id IN (SELECT id FROM failed)
           -- what it waited for is gone, and it was not let go
           OR id IN (SELECT id FROM chosen WHERE waits AND NOT EXISTS (
                SELECT FROM failed WHERE failed.consumer = chosen.consumer
                   AND failed.ordering_key = chosen.ordering_key AND failed.position < chosen.position)))
     SELECT (SELECT count(*) FROM chosen) AS count,
            ARRAY(SELECT id FROM failed WHERE id NOT IN (SELECT id FROM chosen) ORDER BY position) AS first`,
    [choice.ids, choice.consumer],
  );
  const { count, first } = rows[0]!;
  return { count: await knownCount(db, choice, count), first };
}

/**
 * Takes the dead letters away and notes their events as done with, in one statement, so that nothing brings them back;
 * gives how many. What waits for one of them, and for no other, is then handled. Throws as `redrive` does.
 */
export async function discard(db: Queryable, choice: LetterChoice): Promise<number> {
  checkChoice(choice);
  const { rows } = await db.query<{ count: number }>(
    `WITH gone AS (
       DELETE FROM dead_letter WHERE ${chosen} RETURNING consumer, event_id, position, attempts),
     noted AS (
       INSERT INTO inbox (consumer, event_id, position, handled, attempts)
       SELECT consumer, event_id, position, false, attempts FROM gone
       ON CONFLICT DO NOTHING)
     SELECT count(*) FROM gone`,
    [choice.ids, choice.consumer],
  );
  return knownCount(db, choice, rows[0]!.count);
}

function checkChoice({ ids, consumer }: LetterChoice): void {
  if (ids === undefined && consumer === undefined) throw badUserInput('Name ids or a consumer.');
  const wrong = ids?.findIndex((id) => !z.guid().safeParse(id).success) ?? -1;
  if (wrong >= 0) throw badUserInput(`"${ids?.[wrong]}" is no id of a dead letter.`, `ids[${wrong}]`);
}

/** A consumer that was deregistered may have left dead letters behind: only one without any is unknown. */
async function knownCount(db: Queryable, { consumer }: LetterChoice, count: number): Promise<number> {
  if (count > 0 || consumer === undefined) return count;
  const { rowCount } = await db.query('SELECT name FROM consumer WHERE name = $1', [consumer]);
  if (rowCount === 0) throw notFound('consumer', consumer);
  return 0;
}
