-- The log: one row per event, inserted once, never updated, dropped by range of positions.
CREATE SEQUENCE outbox_position_seq AS bigint CACHE 1;

CREATE TABLE outbox (
  position          bigint      NOT NULL DEFAULT nextval('outbox_position_seq'),
  id                uuid        NOT NULL,
  topic             text        NOT NULL,
  type              text        NOT NULL,
  schema_version    int         NOT NULL,
  aggregate_type    text        NOT NULL,
  aggregate_id      text        NOT NULL,
  aggregate_version int         NOT NULL,
  occurred_at       timestamptz(3) NOT NULL,
  correlation_id    text        NOT NULL,
  causation_id      uuid,
  actor             text,
  depth             int         NOT NULL,
  keys              text[]      NOT NULL,
  payload           jsonb       NOT NULL,
  PRIMARY KEY (position)
) PARTITION BY RANGE (position);

ALTER SEQUENCE outbox_position_seq OWNED BY outbox.position;

-- Partitions are made ahead of need by the leading relay; the default one takes what is ahead of it.
CREATE TABLE outbox_default PARTITION OF outbox DEFAULT;
CREATE TABLE outbox_p0 PARTITION OF outbox FOR VALUES FROM (0) TO (1000000);

-- An insert straight into a partition would bypass the trigger below, and with it the horizon.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON outbox_default, outbox_p0 FROM PUBLIC;

CREATE INDEX outbox_id ON outbox (id);
CREATE INDEX outbox_aggregate ON outbox (aggregate_id, position);
CREATE INDEX outbox_correlation ON outbox (correlation_id, position);
CREATE INDEX outbox_keys ON outbox USING gin (keys);

-- Every transaction that writes the outbox holds this lock from before its first nextval until it has committed.
-- Its place in pg_locks is how outbox_horizon() knows who may still commit below a position. 1635086708 is 'aort'.
CREATE FUNCTION outbox_announce_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(1635086708, 1);
  RETURN NULL;
END
$$;

CREATE TRIGGER outbox_announce_writer BEFORE INSERT ON outbox
  FOR EACH STATEMENT EXECUTE FUNCTION outbox_announce_writer();
ALTER TABLE outbox ENABLE ALWAYS TRIGGER outbox_announce_writer;

-- The candidate horizon, and the transactions that must end before it is safe. The sequence is read first and the
-- locks in a later statement, so that every writer at or below `horizon` is either committed or among `writers`.
CREATE FUNCTION outbox_horizon(OUT horizon bigint, OUT writers text[]) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  SELECT last_value - (NOT is_called)::int INTO horizon FROM outbox_position_seq;
  SELECT coalesce(array_agg(virtualtransaction), '{}') INTO writers
    FROM pg_locks
   WHERE locktype = 'advisory' AND classid = 1635086708 AND objid = 1 AND objsubid = 2
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND granted;
END
$$;

-- One row: which log this is, and from where on the outbox still holds it (every event above `floor`).
CREATE TABLE log (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  epoch    text    NOT NULL,
  floor    bigint  NOT NULL DEFAULT 0
);
INSERT INTO log (epoch) VALUES (substr(md5(random()::text || clock_timestamp()::text), 1, 12));

-- How far each sink of the relay has published. May lag behind the truth, never lead it.
CREATE TABLE sink (
  name       text   PRIMARY KEY,
  position   bigint NOT NULL DEFAULT 0,
  -- queues: the marker's id and count of batches, which Redis has too while no job was lost
  marker     text,
  updated_at timestamptz(3) NOT NULL DEFAULT now()
);
INSERT INTO sink (name) VALUES ('streams'), ('queues');
