CREATE TYPE account_status AS ENUM ('OPEN', 'CLOSED');

CREATE TYPE account_movement_kind AS ENUM
  ('OPENED', 'DEPOSITED', 'WITHDRAWN', 'TRANSFER_SENT', 'TRANSFER_RECEIVED', 'TRANSFER_RETURNED');

CREATE TABLE account_summary (
  id              text           NOT NULL,
  owner           text           NOT NULL,
  currency        text           NOT NULL,
  balance         bigint         NOT NULL,
  overdraft_limit bigint         NOT NULL,
  status          account_status NOT NULL,
  version         int            NOT NULL,
  opened_at       timestamptz(3) NOT NULL,
  updated_at      timestamptz(3) NOT NULL,
  PRIMARY KEY (id)
);

-- one for each order of the list, walked from either end
CREATE INDEX account_summary_owner_id_idx ON account_summary (owner, id);
CREATE INDEX account_summary_balance_id_idx ON account_summary (balance, id);
CREATE INDEX account_summary_currency_balance_id_idx ON account_summary (currency, balance, id);
CREATE INDEX account_summary_opened_at_id_idx ON account_summary (opened_at, id);

CREATE TABLE account_movement (
  account_id      text                  NOT NULL,
  version         int                   NOT NULL,
  at              timestamptz(3)        NOT NULL,
  kind            account_movement_kind NOT NULL,
  amount          bigint                NOT NULL,
  balance         bigint                NOT NULL,
  description     text,
  transfer_id     text,
  counterparty_id text,
  PRIMARY KEY (account_id, version)
);

-- a month of an account, and the balance before it
CREATE INDEX account_movement_account_id_at_version_idx ON account_movement (account_id, at, version);
