-- When a partition of the outbox was full and published: its retention counts from then, on this server's clock,
-- whatever clock stamped its rows.
CREATE TABLE outbox_closed (
  partition text           PRIMARY KEY,
  -- no row of it is above
  up_to     bigint         NOT NULL,
  topics    text[]         NOT NULL,
  closed_at timestamptz(3) NOT NULL DEFAULT now()
);
