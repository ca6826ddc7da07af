/**
 * Prisma's schema engine as WebAssembly, so that migrations need no downloaded binary and no network.
 * It keeps `_prisma_migrations` exactly as `prisma migrate deploy` would.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, DriverAdapterError } from '@prisma/driver-adapter-utils';
import type {
  MigrationList,
  SchemaEngine,
  SchemasContainer,
} from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import { migrationNames, migrationsFolder } from './migration-files.ts';
import { refuseTransactionPooling } from './pooler.ts';
import { withSessionSettings } from './session-settings.ts';
import { verifyWith } from './verify-session.ts';

const prismaDir = fileURLToPath(new URL('../../prisma/', import.meta.url));
const noFilters = { externalTables: [], externalEnums: [] };

/** Applies what is missing, in order, and gives the names of the migrations that it applied. */
export async function applyMigrations(databaseUrl: string): Promise<readonly string[]> {
  return withEngine(databaseUrl, async (engine) => {
    const applied = await engine.applyMigrations({
      migrationsList: await readMigrations(),
      filters: noFilters,
    });
    return applied.appliedMigrationNames;
  });
}

/** The SQL of all models from nothing: what the migrations have to add up to, and how a first one is written. */
export async function diffEmptyToModels(databaseUrl: string): Promise<string> {
  return withEngine(databaseUrl, async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', ...(await readModels()) },
      script: true,
      exitCode: null,
      filters: noFilters,
    });
    return stdout ?? '';
  });
}

/** The engine's own connections would stay open for 10 s; those of a pool of ours end with the work. */
async function withEngine<Result>(
  databaseUrl: string,
  work: (engine: SchemaEngine) => Promise<Result>,
): Promise<Result> {
  const { files } = await readModels();
  const bindings = await loadEngine();
  const pool = new pg.Pool({
    ...withSessionSettings(databaseUrl),
    application_name: 'aorta-migrate',
    verify: verifyWith(),
  });
  try {
    // it locks the session, and would leave the lock on a connection of somebody else
    await refuseTransactionPooling(pool);
    const engine = await bindings.SchemaEngine.new(
      { datamodels: files.map(({ path: file, content }) => [file, content]) },
      () => {},
      bindMigrationAwareSqlAdapterFactory(sendingWholeScripts(new PrismaPg(pool))),
    );
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/**
 * PrismaPg cuts a script at every `;`, also in comments and function bodies. PostgreSQL takes it whole, and as one
 * transaction then: a migration that fails leaves nothing behind.
 */
function sendingWholeScripts(factory: PrismaPg): PrismaPg {
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    const pool = adapter.underlyingDriver();
    adapter.executeScript = async (script) => {
      await pool.query(script).catch(({ code, severity, message, detail, column, hint }) => {
        // the engine tells nothing of any other error
        throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
      });
    };
    return adapter;
  };
  return factory;
}

let loaded: Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> | undefined;

/** Node does not instantiate the package's WebAssembly by import, so that it is done here, once. */
function loadEngine() {
  loaded ??= (async () => {
    const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
    const require = createRequire(import.meta.url);
    const folder = path.dirname(require.resolve('@prisma/schema-engine-wasm'));
    const bytes = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
    const imports = { './schema_engine_bg.js': withoutHoldingTimers(bindings) as never };
    const { instance } = await WebAssembly.instantiate(bytes, imports);
    bindings.__wbg_set_wasm(instance.exports);
    (instance.exports.__wbindgen_start as () => void)();
    return bindings;
  })();
  return loaded;
}

/** The engine leaves the timer of its lock behind, which would hold the process for ten seconds after the work. */
function withoutHoldingTimers(bindings: object): object {
  const holdsNobody = (call: () => void, ms: number) => setTimeout(call, ms).unref();
  const own = Object.entries(bindings).map(([name, value]) =>
    // its name ends with a hash of its own
    name.startsWith('__wbg_setTimeout_') ? [name, holdsNobody] : [name, value],
  );
  return Object.fromEntries(own);
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
  const baseDir = migrationsFolder;
  const names = await migrationNames();
  const migrationDirectories = await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok' as const,
          value: await readFile(path.join(baseDir, name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  );
  const lockfile = { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' };
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories };
}
