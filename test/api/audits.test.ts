import { serverAudits } from 'graphql-http';
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

test('the api passes every audit of GraphQL over HTTP', async () => {
  await using world = await createWorld();
  await world.spawn('api').waitForLog('api.started');

  const audits = serverAudits({ url: `${world.apiUrl}/graphql`, fetchFn: fetch });
  const failed: string[] = [];
  for (const audit of audits) {
    const result = await audit.fn();
    if (result.status !== 'ok') failed.push(`${result.status}: ${audit.name}: ${result.reason}`);
  }

  expect(audits).toHaveLength(61);
  expect(failed).toEqual([]);
});
