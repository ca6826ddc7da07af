CREATE TYPE saga_status AS ENUM ('RUNNING', 'COMPENSATING', 'COMPLETED', 'COMPENSATED', 'FAILED');

CREATE TABLE saga (
  saga       text           NOT NULL,
  id         text           NOT NULL,
  status     saga_status    NOT NULL,
  step       text,
  done       text[],
  version    int            NOT NULL,
  data       jsonb          NOT NULL,
  reason     text,
  deadline   timestamptz(3),
  started_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  PRIMARY KEY (id, saga)
);

-- those that are not over: what operators look at
CREATE INDEX saga_open_idx ON saga (saga, status, started_at) WHERE status <> 'COMPLETED' AND status <> 'COMPENSATED';
