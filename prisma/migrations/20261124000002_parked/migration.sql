-- Events that cannot be published, taken out of the log with the reason, so that those behind them go on.
CREATE TABLE outbox_parked (
  LIKE outbox,
  reason    text           NOT NULL,
  parked_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (position)
);
CREATE INDEX outbox_parked_id ON outbox_parked (id);

-- Every event type that some process of the platform knows or knew: what stands in none of them is parked.
CREATE TABLE outbox_event_type (
  type text PRIMARY KEY
);
