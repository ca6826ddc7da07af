/** Whether every service did what each event comes to, once: what it keeps is compared with what the outbox says. */
import type { Pool } from 'pg';
import { bankChecks } from './bank.ts';
import { differing, type WrongEffect } from './wrong-effect.ts';

export async function findWrongEffects(pool: Pool): Promise<readonly WrongEffect[]> {
  const found: WrongEffect[] = [];
  for (const check of checks) found.push(...(await pool.query<WrongEffect>(check)).rows);
  return found;
}

const startsBy = (field: string) => `
  SELECT payload->>'${field}', count(*)::bigint FROM outbox WHERE type = 'video.watch_started' GROUP BY 1`;

/** Rows and the events that tell of them are written together. */
const told = (service: string, table: string, key: string, type: string) =>
  differing(
    service,
    `${table} and ${type} of`,
    `SELECT ${key}, 1 FROM ${table}`,
    `SELECT aggregate_id, count(*)::int FROM outbox WHERE type = '${type}' GROUP BY 1`,
  );

// an event that nobody handled shows itself; one that was handled twice shows in what its service counts
const unhandled = `
  SELECT consumer.name AS service, 'handled ' || outbox.type AS what, '1' AS expected, '0' AS actual,
         outbox.id::text AS "eventId"
    FROM consumer JOIN outbox ON outbox.type = ANY(consumer.types)
   WHERE CASE consumer.kind
           WHEN 'QUEUE' THEN NOT EXISTS (SELECT FROM inbox WHERE consumer = consumer.name AND event_id = outbox.id AND handled)
           ELSE outbox.position > (SELECT min(position) FROM processor_checkpoint WHERE processor = consumer.name)
         END`;

const deadLetters = `
  SELECT consumer AS service, 'dead letter: ' || split_part(error, E'\\n', 1) AS what, '0' AS expected, '1' AS actual,
         event_id::text AS "eventId"
    FROM dead_letter`;

const countedByProcessors = differing(
  'processors',
  'events counted by',
  `SELECT name, count(outbox.id)::bigint FROM consumer LEFT JOIN outbox ON type = ANY(types)
    WHERE kind = 'PROCESSOR' GROUP BY 1`,
  `SELECT processor, sum(handled)::bigint FROM processor_checkpoint GROUP BY 1`,
);

// one per friend and start; one per list that is not empty
const notificationsOfCauses = `
  SELECT 'notifications' AS service, 'notifications for ' || cause.type AS what, cause.expected::text,
         count(sent.id)::text AS actual, cause.id::text AS "eventId"
    FROM (SELECT id, type,
                 CASE type
                   WHEN 'video.watch_started' THEN (SELECT count(*) FROM friendship WHERE user_id = payload->>'userId')
                   ELSE (jsonb_array_length(payload->'videoIds') > 0)::int
                 END AS expected
            FROM outbox WHERE type IN ('video.watch_started', 'recommendation.updated')) AS cause
    LEFT JOIN outbox sent ON sent.causation_id = cause.id AND sent.type = 'notification.sent'
   GROUP BY cause.id, cause.type, cause.expected
  HAVING count(sent.id) <> cause.expected`;

// a viewer who has given no sign of life for minutes is forgotten on purpose
const remembered =
  "occurred_at > (SELECT max(occurred_at) FROM outbox WHERE topic LIKE 'video%') - interval '4 minutes'";

const checks = [
  unhandled,
  deadLetters,
  countedByProcessors,
  notificationsOfCauses,
  told('notifications', 'notification', 'id::text', 'notification.sent'),
  told('badges', 'badge', "user_id || ':' || name", 'badge.awarded'),
  differing(
    'badges',
    'watches of user',
    startsBy('userId'),
    'SELECT user_id, watches::bigint FROM badge_progress',
  ),
  differing(
    'rankings',
    'starts of video',
    startsBy('videoId'),
    'SELECT video_id, starts::bigint FROM ranking',
  ),
  // scores fade so slowly that they are still the number of events
  differing(
    'preferences',
    'scores of user',
    `SELECT payload->>'userId', count(*)::bigint FROM outbox
      WHERE type IN ('video.watch_started', 'video.quality_changed') GROUP BY 1`,
    'SELECT user_id, round(sum(score))::bigint FROM preference_quality GROUP BY 1',
  ),
  differing(
    'analytics',
    'session of a viewer',
    `SELECT aggregate_id, 1 FROM outbox WHERE aggregate_type = 'session' GROUP BY 1
     HAVING every(type <> 'video.watch_stopped')
        AND bool_or(type IN ('video.watch_started', 'video.heartbeat') AND ${remembered})`,
    `SELECT session_id::text, 1 FROM analytics_viewer WHERE last_seen_at > (
       SELECT max(occurred_at) FROM outbox WHERE topic LIKE 'video%') - interval '4 minutes'`,
  ),
  differing(
    'recommendations',
    'viewers of video',
    `SELECT payload->>'videoId', count(DISTINCT payload->>'userId')::int FROM outbox
      WHERE type = 'video.watch_started' GROUP BY 1`,
    'SELECT video_id, viewers FROM recommendation_video',
  ),
  differing(
    'recommendations',
    'lists of user',
    `SELECT aggregate_id, count(*)::int FROM outbox WHERE type = 'recommendation.updated' GROUP BY 1`,
    'SELECT user_id, version FROM recommendation_list',
  ),
  ...bankChecks,
  // a start that was asked for again under its key is one start
  differing(
    'viewing',
    'sessions of viewer',
    `SELECT split_part(key, '-', 1) || '-' || split_part(key, '-', 2), count(*)::bigint FROM idempotency_key
      WHERE operation = 'startWatching' GROUP BY 1`,
    `SELECT user_id, count(*)::bigint FROM watch_session WHERE user_id LIKE 'viewer-%' GROUP BY 1`,
  ),
  differing(
    'viewing',
    'sessions and their starts',
    'SELECT id::text, version FROM watch_session',
    `SELECT aggregate_id, count(*)::int FROM outbox WHERE aggregate_type = 'session' GROUP BY 1`,
  ),
];
