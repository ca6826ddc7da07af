/** Which migrations this code brings. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

const folder = fileURLToPath(new URL('../../../prisma/migrations/', import.meta.url));

/** Their names, in the order in which they are applied. */
export async function migrationNames(): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** All of them, in the order in which they are applied. */
export async function readMigrations(): Promise<readonly Migration[]> {
  const names = await migrationNames();
  return Promise.all(
    names.map(async (name) => ({
      name,
      sql: await readFile(path.join(folder, name, 'migration.sql'), 'utf8'),
    })),
  );
}

/** As Prisma keeps it. */
export const checksumOf = ({ sql }: Migration): string => createHash('sha256').update(sql).digest('hex');
