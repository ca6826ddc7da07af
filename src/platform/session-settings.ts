/**
 * What a session has to be like for our code to be right. Servers, databases and roles can set each of these to
 * something else, and a URL too; what a connection asks for at its start comes before all of them.
 */

import { escapeLiteral } from 'pg';
import { asLibpqMeansIt } from './postgres-url.ts';
import { schemaParameters, schemasOf, searchPathOf } from './schemas.ts';

/** Of PostgreSQL 15 and newer; each with what goes wrong otherwise */
export const sessionSettings: SessionSettings = {
  TimeZone: 'UTC', // the driver takes the offset of what it reads for UTC: times would be stored hours off
  DateStyle: 'ISO', // it reads no other
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  client_encoding: 'UTF8',
  standard_conforming_strings: 'on',
  extra_float_digits: '1',
  search_path: 'public', // where the tables are, unless the URL says so
  default_transaction_isolation: 'read committed', // a statement that waited for a row has to see what it became
  default_transaction_read_only: 'off', // of a standby it stays read-only: that is no matter of a setting
  default_transaction_deferrable: 'off',
  row_security: 'on',
  // bounds of ours are given with the statement or the session that they are for
  statement_timeout: '0',
  lock_timeout: '0',
  idle_session_timeout: '0',
  // a connection of which nothing is heard is given up by the server as well
  tcp_user_timeout: '10000', // ms
  tcp_keepalives_idle: '5', // s
  tcp_keepalives_interval: '2', // s
};

/** Says to whoever asks the session that it was begun with our settings. */
const mark = 'aorta.session';

/** Of a URL: what our own settings replace. Its `options` are kept, before ours, of which the later count. */
const replaced = [
  'options',
  'client_encoding',
  'statement_timeout',
  'lock_timeout',
  'query_timeout',
  ...schemaParameters,
];

export type SessionSettings = Readonly<Record<string, string>>;

/** Ours with some of the connection's own. */
const all = (url: string, own: SessionSettings) =>
  Object.entries({
    ...sessionSettings,
    search_path: searchPathOf(schemasOf(url)),
    ...own,
    [mark]: markOf(url),
  });

/** A pooler may lend a session that was made for another installation. */
const markOf = (url: string) => `ours, ${searchPathOf(schemasOf(url))}`;

/**
 * Returns how to connect to the URL so that the session is as it has to be, whatever the URL and the server say; `own` are
 * settings of this connection beside those of all.
 */
export function withSessionSettings(
  url: string,
  own: SessionSettings = {},
): {
  readonly connectionString: string;
  readonly options: string;
} {
  const given = new URL(url);
  const ours = all(url, own).map(([name, value]) => `-c ${name}=${escaped(value)}`);
  const options = [given.searchParams.get('options'), ...ours].filter(Boolean).join(' ');
  for (const name of replaced) given.searchParams.delete(name);
  asLibpqMeansIt(given);
  return { connectionString: given.href, options };
}

/** PostgreSQL takes a space for the end of an option unless a backslash stands before it. */
const escaped = (value: string) => value.replace(/[\\ ]/g, '\\$&');

/** In SQL: whether the session is as it has to be. A pooler in between may have kept our settings from the server. */
export const hasOurSettings = (url: string): string =>
  `coalesce(current_setting('${mark}', true), '') = ${escapeLiteral(markOf(url))}`;

/** The statement that makes the session as it has to be. */
export function applySettings(
  url: string,
  own: SessionSettings,
): {
  readonly text: string;
  readonly values: readonly string[][];
} {
  const entries = all(url, own);
  return {
    text: 'SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS ours (name, value)',
    values: [entries.map(([name]) => name), entries.map(([, value]) => value)],
  };
}
