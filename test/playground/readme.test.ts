/** The README's section on the playground, followed literally in a real Chromium, with the demo that it tells to run. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { startChromium } from '../../dev/chromium.ts';
import { leash } from '../../dev/leash.ts';
import { examples } from '../../playground/examples.ts';
import { until } from '../support/until.ts';
import { type Answer, openPlayground, type Playground } from './browser.ts';

vi.setConfig({ testTimeout: 300_000 });

const root = fileURLToPath(new URL('../../', import.meta.url));
const section = /## Try it in the playground\n(.*?)\n## /s.exec(
  readFileSync(`${root}README.md`, 'utf8'),
)![1]!;
const blocks = Array.from(section.matchAll(/```graphql\n(.*?)\n```/gs), (match) => match[1]!);

test('the tabs of the playground are the operations of the README', () => {
  expect(examples.map(({ text }) => text)).toEqual(blocks);
});

test('what the README says of the playground is so, typed by hand and with the tabs that are there', async () => {
  await using demo = await startDemo();
  await using browser = await startChromium();
  const playground = await openPlayground(await browser.context.newPage(), demo.url);
  await followByHand(playground);
  const again = await openPlayground(await browser.context.newPage(), demo.url);
  await followTabs(again);
  expect([...playground.complaints, ...again.complaints]).toEqual([]);
});

/** Each block is written into a tab of its own, with the ids that the text around it tells to put there. */
async function followByHand({ write, run, ask, open, answers, status }: Playground): Promise<void> {
  const [subscribe, watch, flow, openAda, openBob, send, arrive, look] = blocks as [
    string,
    ...string[],
  ] as string[];
  const answerTo = async (text: string | undefined, ...ids: string[]): Promise<Answer> => {
    await write(withIds(text!, ids));
    const answer = await ask();
    expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
    return answer;
  };

  await write(subscribe!);
  await run();
  await until(async () => (await status()) === 'live', { message: 'the subscription is live', ...patient });
  const watched = await answerTo(watch);
  expect(watched.data.startWatching.video.title).toBe('Metropolis');
  await open('watchActivity');
  await until(async () => (await answers()).length === 1, {
    message: 'the event is in the first tab',
    ...patient,
  });
  const [{ data }] = await answers();
  expect(data.watchActivity).toMatchObject({
    type: 'video.watch_started',
    videoId: 'metropolis',
    quality: 'FULL_HD',
  });
  expect(await status()).toBe('live');

  let became = await answerTo(flow, watched.extensions.correlationId);
  await until(
    async () => {
      const reactions = reactionsIn(became);
      if (reactions.length >= 6 && reactions.every((reaction) => reaction === 'DONE')) return true;
      became = await ask();
      return false;
    },
    { message: () => `every service is done with it: ${JSON.stringify(became)}`, ...patient },
  );
  expect(became.data.eventFlow.mermaid).toContain('flowchart');
  expect(became.data.viewership.concurrentViewers).toBeGreaterThanOrEqual(1);
  expect(became.data.pipeline.relayLeader).not.toBeNull();
  expect(became.data.pipeline.consumers.map(({ consumer }: Answer) => consumer)).toContain('transfer-saga');

  const ada = (await answerTo(openAda)).data.openAccount;
  expect(ada.version).toBe(1);
  const bob = (await answerTo(openBob)).data.openAccount;
  const sent = (await answerTo(send, ada.id, bob.id)).data.transfer;
  expect(sent.status).toBe('PENDING');
  await write(withIds(arrive!, [sent.id]));
  await run();
  await until(async () => (await answers()).at(-1)?.data.transfer.status === 'COMPLETED', {
    message: 'the money arrives',
    ...patient,
  });
  const { data: past } = await answerTo(look, ada.id);
  expect(past.account.balance).toBe('100000');
  expect(past.accountHistory.edges.map(({ node }: Answer) => node.type)).toEqual([
    'bank.account_opened',
    ...past.accountHistory.edges.slice(1).map(({ node }: Answer) => node.type),
  ]);
  expect(past.accountStatement).toEqual({
    opening: '0',
    totalIn: '100000',
    totalOut: '2500',
    closing: '97500',
  });
}

/** The tabs from left to right, with Ctrl-Enter alone: ids are filled in. */
async function followTabs({ open, run, ask, answers, status, text }: Playground): Promise<void> {
  for (const { title } of examples) {
    await open(title);
    if (/^See|^Subscribe/.test(title)) {
      await run();
      await until(async () => (await status()) === 'live', { message: `${title} is live`, ...patient });
      continue;
    }
    expect(await text(), `${title} knows its ids`).not.toContain('…');
    const answer = await ask();
    expect(answer.errors, `${title}: ${JSON.stringify(answer.errors)}`).toBeUndefined();
  }
  await open('See it arrive');
  await until(async () => (await answers()).at(-1)?.data.transfer.status === 'COMPLETED', {
    message: 'the money arrives',
    ...patient,
  });
  await open('Subscribe');
  await until(async () => (await answers()).length > 0, { message: 'the event is in its tab', ...patient });
}

const patient = { timeoutMs: 60_000 };

function withIds(text: string, ids: readonly string[]): string {
  let next = 0;
  const month = new Date().toISOString().slice(0, 7);
  return text
    .replaceAll('"…"', () => JSON.stringify(ids[next++] ?? ids.at(-1)))
    .replace(/month: "[\d-]+"/, `month: "${month}"`);
}

const reactionsIn = ({ data }: Answer): string[] =>
  data.eventFlow.steps.flatMap(({ reactions }: Answer) => reactions.map(({ status }: Answer) => status));

/** `npm run demo`, as far as it says where the playground is; with few viewers, who are done soon. */
async function startDemo() {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [`${root}demo/main.ts`, '--limit', '10', '--rate', 'max'], {
    env: { PATH, HOME, TMPDIR, PORT: '0' },
  });
  const held = leash(child.pid!, 'SIGKILL');
  const ended = new Promise((resolve) => child.once('close', resolve));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const url = await until(() => /Playground: (\S+)/.exec(output)?.[1], {
    message: () => `the demo prints the address of the playground: ${output}`,
    timeoutMs: 180_000,
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT');
      await ended;
      held.release();
    },
  };
}
