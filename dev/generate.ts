/** Writes the generated code anew: Prisma's client from the models, and the types of the GraphQL contract. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Throws when a generator fails; its output goes to standard error. */
export function generate(): void {
  // Prisma would download this engine, which generating never runs: any program that exists will do
  run('prisma', ['generate'], { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath });
  if (existsSync(`${root}codegen.ts`)) run('graphql-codegen', ['--config', 'codegen.ts']);
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  execFileSync(`${root}node_modules/.bin/${program}`, args, {
    cwd: root,
    env: { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}`, ...env },
    stdio: ['ignore', 2, 2],
  });
}

if (import.meta.main) generate();
