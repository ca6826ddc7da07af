import { isDeepStrictEqual } from 'node:util';
import { test } from 'vitest';
import type { Database } from '../../../src/platform/postgres.ts';
import { createRecoveryWorld, expectEffectsOnce, untilAllHandled } from '../../recovery/support.ts';
import { until } from '../../support/until.ts';
import { createViewers } from '../../support/viewers.ts';
import { patient } from './worker-process.ts';

const served = ['preferences', 'recommendations', 'analytics', 'rankings'];
const stopped = ['badges', 'notifications'];

test(
  'services that were stopped for a whole replay catch up to what they would have come to',
  async () => {
    await using world = await createRecoveryWorld();
    const viewers = createViewers(world.database);
    const relay = world.spawn('relay');
    const all = world.spawn('worker');
    await Promise.all([relay.waitForLog('lease.taken'), all.waitForLog('worker.started')]);
    await viewers.start({ userId: 'u0', videoId: 'v0' });
    await untilAllHandled(world.database);
    await all.stop();

    const others = world.spawn('worker', { args: ['--only', served.join()] });
    for (let n = 0; n < 60; n += 1) {
      const session = await viewers.start({ userId: `u${n % 4}`, videoId: `v${(n * 7 + (n >> 2)) % 4}` });
      await viewers.changeQuality(session, 2);
      if (n % 3 > 0) await viewers.stop(session);
    }
    // the others have done all there is, and these have missed every start but the first
    await until(
      async () => isDeepStrictEqual(await behind(world.database), ['badges 60', 'notifications 60']),
      {
        timeoutMs: patient,
        message: 'only those that are stopped are behind',
      },
    );

    const late = world.spawn('worker', { args: ['--only', stopped.join()] });
    await untilAllHandled(world.database);
    await expectEffectsOnce(world.database);
    await Promise.all([late.stop(), others.stop()]);
  },
  15 * patient,
);

/** The consumers that have not handled every event, with how many starts they lack. */
async function behind({ pool }: Database): Promise<readonly string[]> {
  const { rows } = await pool.query<{ line: string }>(
    `SELECT name || ' ' || count(*) FILTER (WHERE type = 'video.watch_started') AS line
       FROM consumer JOIN outbox ON type = ANY(types)
      WHERE CASE kind WHEN 'QUEUE' THEN NOT EXISTS (SELECT FROM inbox WHERE consumer = name AND event_id = outbox.id)
              ELSE outbox.position > (SELECT min(position) FROM processor_checkpoint WHERE processor = name) END
      GROUP BY name ORDER BY name`,
  );
  return rows.map(({ line }) => line);
}
