/** A table of PostgreSQL that has no room to grow: the system answers its writes as it does on a full disk (ENOSPC). */
import { rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Pool } from 'pg';

export interface FullDisk {
  makeRoom(): Promise<void>;
}

/** Nothing may ever have been written to the table: its file gives way to /dev/full, which reads as empty. */
export async function fillDisk(pool: Pool, table: string): Promise<FullDisk> {
  const { rows } = await pool.query<{ folder: string; file: string }>(
    `SELECT current_setting('data_directory') AS folder, pg_relation_filepath($1::regclass) AS file`,
    [table],
  );
  const file = path.join(rows[0]!.folder, rows[0]!.file);
  const aside = `${file}.aside`;
  await rename(file, aside);
  await symlink('/dev/full', file);
  await closeFiles(pool);
  return {
    async makeRoom() {
      await rm(file);
      await rename(aside, file);
      await closeFiles(pool);
    },
  };
}

/** Every process of the server closes the files of tables that it has open when a database is dropped. */
async function closeFiles(pool: Pool): Promise<void> {
  const name = `closing_${process.pid}_${Date.now()}`;
  await pool.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  await pool.query(`DROP DATABASE ${name}`);
}
