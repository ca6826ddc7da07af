-- Several installations may share a database, each in schemas of its own. Their writers are told apart by the second key of
-- their lock: 1 for the one that is in `public`, as for older code, and for any other the oid of its outbox. It is written
-- into the functions: it stays as it is when the outbox moves to another schema.
DO $make$
DECLARE
  key int := (SELECT CASE WHEN relnamespace = to_regnamespace('public') THEN 1 ELSE oid::int END
                FROM pg_class WHERE oid = 'outbox'::regclass);
BEGIN
  EXECUTE format($function$
    CREATE FUNCTION outbox_lock_key() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT %1$s'
  $function$, key);

  EXECUTE format($function$
    CREATE OR REPLACE FUNCTION outbox_announce_writer() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(1635086708, %1$s);
      RETURN NULL;
    END
    $$
  $function$, key);

  EXECUTE format($function$
    CREATE OR REPLACE FUNCTION outbox_horizon(OUT horizon bigint, OUT writers text[]) LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
      horizon := outbox_last_position();
      SELECT coalesce(array_agg(virtualtransaction), '{}') INTO writers
        FROM pg_locks
       WHERE locktype = 'advisory' AND classid = 1635086708 AND objid = (%1$s)::oid AND objsubid = 2
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
         AND granted;
    END
    $$
  $function$, key);
END
$make$;
