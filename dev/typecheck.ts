/** npm run typecheck: checks the types, and says when errors come from generated code that is out of date. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { staleSources } from './stale-sources.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

const check = (project: string) =>
  spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '--noEmit', '-p', project], {
    stdio: 'inherit',
  }).status ?? 1;

// what runs in a browser knows other globals
const status = check(root) || check(`${root}playground`);
if (status !== 0) {
  const stale = staleSources(root);
  if (stale.length > 0) {
    console.error(
      `\nThe generated code does not know what stands in ${stale.join(', ')}: run "npm run generate" first.`,
    );
  }
}
process.exitCode = status;
