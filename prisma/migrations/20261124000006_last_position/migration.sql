-- The newest position that was given out, 0 before the first. Not `SELECT last_value`: nextval() writes a value that is up to 32 ahead
-- into the sequence's row for a moment, for the WAL, and a plain read sees it. This function waits for the row's lock.
CREATE FUNCTION outbox_last_position() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(pg_sequence_last_value('outbox_position_seq'), 0)
$$;

-- As before, with a candidate that was given out: one that was not could be taken later, by a writer that nobody waits for.
CREATE OR REPLACE FUNCTION outbox_horizon(OUT horizon bigint, OUT writers text[]) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  horizon := outbox_last_position();
  SELECT coalesce(array_agg(virtualtransaction), '{}') INTO writers
    FROM pg_locks
   WHERE locktype = 'advisory' AND classid = 1635086708 AND objid = 1 AND objsubid = 2
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND granted;
END
$$;
