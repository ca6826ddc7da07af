/** Does what docs/add-a-domain.md says, word for word and in its order, in a copy of the project. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { leash } from '../../dev/leash.ts';
import { request, subscribe } from '../support/graphql-client.ts';
import { createWorld } from '../support/world.ts';
import { copyProject, type ProjectCopy } from './project-copy.ts';

const page = readFileSync(new URL('../../docs/add-a-domain.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language, text]) => ({
  language: language!,
  text: text!,
}));
const patient = 120_000; // ms; generators and processes take their time on a busy machine

test('the domain of docs/add-a-domain.md, as it stands there, is generated, checked, migrated, and works from its mutation to its subscriptions', {
  timeout: 5 * patient,
}, async () => {
  await using project = await copyProject();
  await using world = await createWorld();
  for (const { language, text } of blocks) {
    if (language !== 'sh') {
      await writeBlock(project, text);
      continue;
    }
    for (const command of text.trim().split('\n')) {
      // before the contract's types are made anew, the type check says what is missing
      if (command === 'npm run generate') {
        const { output } = await project.run('npm run typecheck');
        expect(output).toContain('run "npm run generate" first');
        expect(output).toMatch(/prisma\/schema\/shop\.prisma, src\/schema\/shop\.graphql/);
      }
      // and before the migration a role says so
      if (command === 'npm run migrate') {
        const { code, output } = await project.run('node src/app/main.ts relay', world.env);
        expect(output).toMatch(/lacks \d+_shop: run "npm run migrate" first/);
        expect(code).toBe(1);
      }
      const { code, output } = await project.run(command, world.env);
      expect(code, `${command}\n${output}`).toBe(0);
    }
  }

  await using _api = await startRole(project, 'api', world.env);
  await using _relay = await startRole(project, 'relay', world.env);
  const place =
    'mutation { placeOrder(userId: "ann", total: 4900, idempotencyKey: "k") { id total hasReceipt } }';
  const placed = await request(world.apiUrl, place);
  expect(placed.errors).toBeUndefined();
  expect(placed.data.placeOrder).toMatchObject({ total: 4900, hasReceipt: false });
  expect((await request(world.apiUrl, place)).data, 'the same key again').toEqual(placed.data);
  const { id } = placed.data.placeOrder;

  const { data } = await request(world.apiUrl, `{ events(first: 1) { edges { cursor } } }`);
  expect(data.events.edges).toHaveLength(1);
  await using state = subscribe(world.apiUrl, `subscription { order(id: "${id}") { hasReceipt } }`);
  await state.take(1, patient);
  await using activity = subscribe(
    world.apiUrl,
    `subscription { orderActivity(orderId: "${id}") { __typename type aggregateVersion ... on OrderPlaced { total } } }`,
  );
  await using nobodys = subscribe(world.apiUrl, 'subscription { order(id: "none") { id } }');
  await using _worker = await startRole(project, 'worker', world.env);
  const states = await state.take(2, patient);
  expect(states.map((each) => each.data.order.hasReceipt)).toEqual([false, true]);
  const [issued] = await activity.take(1, patient);
  expect(issued!.data.orderActivity).toEqual({
    ...{ __typename: 'GenericEvent', type: 'shop.receipt_issued', aggregateVersion: 2 },
  });
  const [refused] = await nobodys.take(1, patient);
  expect(refused!.errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  await using all = subscribe(
    world.apiUrl,
    `subscription { orderActivity(orderId: "${id}", after: "${await beginning(world.apiUrl)}") { __typename ... on OrderPlaced { total } } }`,
  );
  const [first] = await all.take(1, patient);
  expect(first!.data.orderActivity).toMatchObject({ __typename: 'GenericEvent' });
});

test('an event that a module forgets is an error in one line, for every role', {
  timeout: 2 * patient,
}, async () => {
  await using project = await copyProject();
  const module = await project.read('src/app/streaming-module.ts');
  await project.write(
    'src/app/streaming-module.ts',
    module.replace('events: streamingEvents', 'events: streamingEvents.slice(1)'),
  );
  for (const role of ['api', 'relay', 'worker']) {
    const { code, output } = await project.run(`node src/app/main.ts ${role}`, {
      DATABASE_URL: 'postgresql://127.0.0.1:1/none',
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect(output).toMatch(/^consumer "\w+" reacts to "video\.watch_started", which no module names: .*\n$/);
    expect(code).toBe(1);
  }
});

/** The first line names the file; of the list of modules the page shows what becomes other. */
async function writeBlock(project: ProjectCopy, text: string): Promise<void> {
  const [first = '', ...lines] = text.split('\n');
  const file = /^(?:\/\/|--|#) (\S+)$/.exec(first)?.[1];
  expect(file, `the block "${first}" names its file`).toBeDefined();
  if (file !== 'src/app/modules.ts') return project.write(file!, lines.join('\n'));
  const [imported, list] = lines;
  const before = await project.read(file);
  await project.write(file, `${imported}\n${before.replace(/^export const modules: .*$/m, list!)}`);
}

/** The cursor of the first event: what came after it is to be had. */
async function beginning(apiUrl: string): Promise<string> {
  const { data } = await request(apiUrl, '{ events(first: 1) { edges { cursor } } }');
  return data.events.edges[0].cursor;
}

/** A role of the copy, once it has started; killed at the end. */
async function startRole(
  project: ProjectCopy,
  role: string,
  env: Readonly<Record<string, string>>,
): Promise<AsyncDisposable> {
  const { PATH = '', HOME = '', TMPDIR = '/tmp' } = process.env;
  const child = spawn(process.execPath, [path.join(project.folder, 'src/app/main.ts'), role], {
    env: { PATH, HOME, TMPDIR, ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const held = leash(child.pid!, 'SIGKILL');
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let output = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes(`${role}.started`)) resolve();
    });
    child.once('close', () => reject(new Error(`the ${role} ended. It logged:\n${output}`)));
  });
  return {
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
      held.release();
    },
  };
}
