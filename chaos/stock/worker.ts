/** A service of the recipe: it listens to the same channel, and does something for every event. */
import pg from 'pg';
import { openPubSub } from '../../bench/live/stock-server.ts';
import { channels, type StockEvent } from './schema.ts';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', () => {});

await openPubSub().subscribe(channels.all, ({ events: { id } }: { events: StockEvent }) => {
  // a probe is no event
  if (id !== 'probe') pool.query('INSERT INTO effect (event_id) VALUES ($1)', [id]).catch(() => {});
});
process.stderr.write(`${JSON.stringify({ msg: 'listening' })}\n`);
