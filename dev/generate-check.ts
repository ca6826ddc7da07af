/** Fails when the generated code in the tree is not what the models and the contract give. It is up to date afterwards. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const generated = ['src/generated', 'src/schema/generated.ts'];

const before = readGenerated();
generate();
const after = readGenerated();

const names = [...new Set([...before.keys(), ...after.keys()])].sort();
const stale = names.filter((name) => before.get(name) !== after.get(name));
if (stale.length > 0) {
  console.error(
    `\nThe generated code was not up to date: commit what "npm run generate" writes.\n  ${stale.join('\n  ')}`,
  );
  process.exitCode = 1;
}

function readGenerated(): ReadonlyMap<string, string> {
  const files = generated.flatMap((name) => listFiles(name));
  return new Map(files.map((name) => [name, readFileSync(path.join(root, name), 'utf8')]));
}

function listFiles(name: string): readonly string[] {
  const place = path.join(root, name);
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return [name];
  return readdirSync(place).flatMap((entry) => listFiles(path.join(name, entry)));
}
