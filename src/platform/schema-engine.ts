/**
 * Prisma's schema engine as WebAssembly, so that migrations need no downloaded binary and no network.
 * It keeps `_prisma_migrations` exactly as `prisma migrate deploy` would.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm/schema_engine_bg';

const prismaDir = fileURLToPath(new URL('../../prisma/', import.meta.url));
const noFilters = { externalTables: [], externalEnums: [] };

/** Applies what is missing, in order, and gives the names of the migrations that it applied. */
export async function applyMigrations(databaseUrl: string): Promise<readonly string[]> {
  const engine = await startEngine(databaseUrl);
  try {
    const applied = await engine.applyMigrations({
      migrationsList: await readMigrations(),
      filters: noFilters,
    });
    return applied.appliedMigrationNames;
  } finally {
    engine.free();
  }
}

/** The SQL that leads from the migrated database to the models; a comment only when nothing differs. */
export async function diffDatabaseToModels(databaseUrl: string): Promise<string> {
  return diff(databaseUrl, { tag: 'url', url: databaseUrl });
}

/** The SQL of all models from nothing, for writing a first migration. */
export async function diffEmptyToModels(databaseUrl: string): Promise<string> {
  return diff(databaseUrl, { tag: 'empty' });
}

type DiffStart = { tag: 'empty' } | { tag: 'url'; url: string };

async function diff(databaseUrl: string, from: DiffStart): Promise<string> {
  const engine = await startEngine(databaseUrl);
  try {
    const { stdout } = await engine.diff({
      from,
      to: { tag: 'schemaDatamodel', ...(await readModels()) },
      script: true,
      exitCode: null,
      filters: noFilters,
    });
    return stdout ?? '';
  } finally {
    engine.free();
  }
}

async function startEngine(databaseUrl: string): Promise<SchemaEngine> {
  const { files } = await readModels();
  const engine = await loadEngine();
  const adapter = new PrismaPg({ connectionString: databaseUrl });
  return engine.SchemaEngine.new(
    { datamodels: files.map(({ path: file, content }) => [file, content]) },
    () => {},
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
}

let loaded: Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> | undefined;

/** Node does not instantiate the package's WebAssembly by import, so that it is done here, once. */
function loadEngine() {
  loaded ??= (async () => {
    const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
    const require = createRequire(import.meta.url);
    const folder = path.dirname(require.resolve('@prisma/schema-engine-wasm'));
    const bytes = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
    const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings as never });
    bindings.__wbg_set_wasm(instance.exports);
    (instance.exports.__wbindgen_start as () => void)();
    return bindings;
  })();
  return loaded;
}

/** The part of the WebAssembly API that is used; the types of Node leave it out. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, never>,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

async function readModels(): Promise<SchemasContainer> {
  const folder = path.join(prismaDir, 'schema');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).sort();
  const files = await Promise.all(
    names.map(async (name) => ({
      path: path.join(folder, name),
      content: await readFile(path.join(folder, name), 'utf8'),
    })),
  );
  return { files };
}

async function readMigrations(): Promise<MigrationList> {
  const baseDir = path.join(prismaDir, 'migrations');
  const entries = await readdir(baseDir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const migrationDirectories = await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: await readFile(path.join(baseDir, name, 'migration.sql'), 'utf8') },
      },
    })),
  );
  const lockfile = { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' };
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories };
}
