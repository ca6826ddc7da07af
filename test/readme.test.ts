import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { until } from './support/until.ts';
import { createWorld, type World } from './support/world.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What runs a command of the README elsewhere; everything else is run here. */
const runElsewhere: Readonly<Record<string, string>> = {
  'npm ci && npm run demo': '.ci/run',
  'npm ci && npm test': '.ci/run',
  'npm run check': '.ci/run, check by check',
  'npm run demo -- --exit': '.ci/run',
  'npm run demo -- --without recommendations': 'test/demo',
  'npm run demo -- --bank': 'test/demo',
  'npm run chaos -- --seed 7 --seconds 10': 'test/chaos',
  'npm run chaos -- --against stock --seed 7': 'test/chaos',
  'npm run fuzz -- --seed 7 --seconds 10': 'test/fuzz',
  'npm run conditions -- --only kolkata': '.ci/run',
};

/** The commands of the README's sh blocks, without their comments. */
function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/```sh\n(.*?)```/gs)].map((match) => match[1]!);
  return blocks.flatMap((block) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter((line) => line !== ''),
  );
}

const commands = commandsOf(readFileSync(`${root}README.md`, 'utf8'));

/** Runs a line in a shell at the project's root, in a process group of its own. */
function start(world: World, line: string) {
  const child = spawn('sh', ['-c', line], {
    cwd: root,
    env: { ...process.env, ...world.env, LOG_LEVEL: 'info' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return {
    output: () => output,
    ended: once(child, 'close'),
    code: () => child.exitCode,
    stop: () => {
      if (child.exitCode === null) process.kill(-child.pid!, 'SIGTERM');
    },
  };
}

test('every command of the README does what it says', async () => {
  await using world = await createWorld();
  const here = commands.filter((command) => !(command in runElsewhere));
  expect(here).toContain('npm run migrate');

  for (const command of here.filter((line) => !line.startsWith('curl') && !line.startsWith('export'))) {
    const role = /npm start -- (api|relay|worker)/.exec(command)?.[1];
    const running = start(world, command);
    try {
      if (role) {
        await until(() => running.output().includes(`${role}.started`) || running.code() !== null, {
          message: () => `"${command}" starts: ${running.output()}`,
        });
        expect(running.code(), `${command}: ${running.output()}`).toBeNull();
        if (role === 'api') await followWithCurl(world);
      } else {
        await running.ended;
        expect(running.code(), `${command}: ${running.output()}`).toBe(0);
      }
    } finally {
      running.stop();
      await running.ended;
    }
  }
});

/** The README's curl line, against the api of this world, until the stream has begun. */
async function followWithCurl(world: World): Promise<void> {
  const line = commands.find((command) => command.startsWith('curl'))!;
  const curl = start(world, line.replace('http://127.0.0.1:4000', world.apiUrl));
  await until(() => curl.output().includes('id: '), {
    message: () => `curl shows the stream: ${curl.output()}`,
  });
  curl.stop();
  await curl.ended;
}
