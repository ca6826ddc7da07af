CREATE TABLE history (
  aggregate_type text           NOT NULL,
  aggregate_id   text           NOT NULL,
  version        int            NOT NULL,
  event_id       uuid           NOT NULL,
  type           text           NOT NULL,
  schema_version int            NOT NULL,
  occurred_at    timestamptz(3) NOT NULL,
  correlation_id text           NOT NULL,
  causation_id   uuid,
  actor          text,
  payload        jsonb          NOT NULL,
  PRIMARY KEY (aggregate_type, aggregate_id, version)
);

CREATE TABLE history_snapshot (
  aggregate_type text           NOT NULL,
  aggregate_id   text           NOT NULL,
  schema_version int            NOT NULL,
  version        int            NOT NULL,
  occurred_at    timestamptz(3) NOT NULL,
  state          jsonb          NOT NULL,
  PRIMARY KEY (aggregate_type, aggregate_id, schema_version, version)
);
