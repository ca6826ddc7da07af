-- Which database this is, and what it has told Redis as the owner of the log there. It is written here first: what Redis knows and
-- this row does not hold was told by another database, or is lost here.
CREATE TABLE log_owner (
  only_one         boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  -- copies have it too
  database         uuid   NOT NULL DEFAULT gen_random_uuid(),
  -- counts the relays that have taken over
  generation       bigint NOT NULL DEFAULT 0,
  -- of the one that took over last, and how often it has told since
  session          uuid,
  beat             bigint NOT NULL DEFAULT 0,
  -- what it found in Redis and replaced there: Redis may still have it when the relay was killed in between
  previous_session uuid,
  previous_beat    bigint,
  -- a living owner was seen beside this database, which so is a copy, until it is adopted
  refused_at       timestamptz(3)
);
INSERT INTO log_owner DEFAULT VALUES;
