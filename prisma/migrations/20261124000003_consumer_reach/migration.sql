-- Beside each of a consumer's types, the position up to which its events were never meant for the consumer; none beside
-- a type that it has had since its start.
ALTER TABLE "consumer" ADD COLUMN "type_starts" BIGINT[] DEFAULT ARRAY[]::BIGINT[];

-- How far each consumer is: enqueued for a queue's workers, handled by the slot furthest back of a processor.
CREATE VIEW consumer_reach AS
  SELECT name, kind,
         CASE kind WHEN 'QUEUE' THEN enqueued_position ELSE coalesce(slots.position, start_position) END AS position
    FROM consumer
    LEFT JOIN (SELECT processor, min(position) AS position FROM processor_checkpoint GROUP BY processor) AS slots
      ON slots.processor = name;

-- Beyond which position an event of the type is for the consumer; NULL when none is. Its types are such as
-- `video.watch_started`, or `video.*` for a domain's all. One expression, so that it becomes part of the caller's plan.
CREATE FUNCTION consumer_type_start(wanted consumer, event_type text) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT least(
    CASE WHEN event_type = ANY ((wanted).types)
         THEN coalesce((wanted).type_starts[array_position((wanted).types, event_type)], (wanted).start_position) END,
    CASE WHEN split_part(event_type, '.', 1) || '.*' = ANY ((wanted).types)
         THEN coalesce((wanted).type_starts[array_position((wanted).types, split_part(event_type, '.', 1) || '.*')],
                       (wanted).start_position) END)
$$;
