-- The consumers that lie between an event and the request that set it off, the one that was first in front: how a storm
-- is told from an ordinary chain.
ALTER TABLE outbox ADD COLUMN via text[] NOT NULL DEFAULT '{}';
ALTER TABLE outbox_parked ADD COLUMN via text[] NOT NULL DEFAULT '{}';

-- What the order of a consumer's events is kept by: `aggregate`, or the kind of one of their keys, such as `user`. NULL
-- when it keeps none. Its events are spread over so many queues by hash of that; 0 when it has just one.
ALTER TABLE "consumer" ADD COLUMN "ordered_by" TEXT,
ADD COLUMN "lanes" INTEGER NOT NULL DEFAULT 0,
-- While it drains: the last position that it takes.
ADD COLUMN "drain_position" BIGINT;

-- A dead letter of an ordered consumer parks its key: what comes after it there waits as dead letters too.
ALTER TABLE "dead_letter" ADD COLUMN "ordering_key" TEXT,
ADD COLUMN "waits" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "dead_letter_consumer_ordering_key_position_idx" ON "dead_letter"("consumer", "ordering_key", "position");

-- So that a key with thousands of waiting events is soon let go.
CREATE INDEX "dead_letter_failed_idx" ON "dead_letter"("consumer", "ordering_key", "position") WHERE NOT "waits";
CREATE INDEX "dead_letter_waiting_idx" ON "dead_letter"("consumer", "ordering_key", "position")
  WHERE "waits" AND "redrive_requested_at" IS NULL;

-- However a dead letter goes, handled or discarded: what waited for it goes on, up to the next one that failed itself.
CREATE FUNCTION dead_letter_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE dead_letter
     SET redrive_requested_at = now(), redrives = redrives + 1
   WHERE consumer = OLD.consumer AND ordering_key = OLD.ordering_key AND waits AND redrive_requested_at IS NULL
     -- asked once: for each row it would be quadratic
     AND position < coalesce((SELECT min(failed.position) FROM dead_letter AS failed
                               WHERE failed.consumer = OLD.consumer AND failed.ordering_key = OLD.ordering_key
                                 AND NOT failed.waits), 9223372036854775807);
  RETURN NULL;
END
$$;

-- One that waits and is not on its way holds nobody: what failed before it does.
CREATE TRIGGER dead_letter_release AFTER DELETE ON "dead_letter"
  FOR EACH ROW WHEN (OLD.ordering_key IS NOT NULL AND (NOT OLD.waits OR OLD.redrive_requested_at IS NOT NULL))
  EXECUTE FUNCTION dead_letter_release();
