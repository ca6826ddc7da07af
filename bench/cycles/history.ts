import type { Pool } from 'pg';
import { writeNumberedEvents } from '../slow/numbered-events.ts';

const kept = 25_000; // events: more than an api keeps of the newest, so that it does not grow by what comes later
const behind = 1_000;
const payloadBytes = 100;

/** Writes events, and gives a cursor from which there are many to catch up with. `url` is that of the GraphQL endpoint. */
export async function writeHistory(pool: Pool, url: string): Promise<string> {
  await writeNumberedEvents(pool, { first: 1, count: kept - behind, payloadBytes });
  const cursor = await readHead(url);
  await writeNumberedEvents(pool, { first: kept - behind + 1, count: behind, payloadBytes });
  return cursor;
}

async function readHead(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: '{ head }' }),
  });
  const answer = (await response.json()) as { data: { head: string } };
  return answer.data.head;
}
