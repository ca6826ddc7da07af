/** What the models of prisma/schema are as SQL. Prisma's schema engine as WebAssembly, which needs no binary and no network. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemasContainer } from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';

const folder = fileURLToPath(new URL('../prisma/schema/', import.meta.url));

/** The SQL of all models from nothing: what the migrations have to add up to, and how a first one is written. */
export async function diffEmptyToModels(databaseUrl: string): Promise<string> {
  const { files } = await readModels();
  const bindings = await loadEngine();
  // the engine's own connections would stay open for 10 s; those of a pool of ours end with the work
  const pool = new pg.Pool({ connectionString: databaseUrl });
  try {
    const engine = await bindings.SchemaEngine.new(
      { datamodels: files.map(({ path: file, content }) => [file, content]) },
      () => {},
      bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool)),
    );
    try {
      const { stdout } = await engine.diff({
        from: { tag: 'empty' },
        to: { tag: 'schemaDatamodel', files },
        script: true,
        exitCode: null,
        filters: { externalTables: [], externalEnums: [] },
      });
      return stdout ?? '';
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

let loaded: Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> | undefined;

/** Node does not instantiate the package's WebAssembly by import, so that it is done here, once. */
function loadEngine() {
  loaded ??= (async () => {
    const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
    const require = createRequire(import.meta.url);
    const packaged = path.dirname(require.resolve('@prisma/schema-engine-wasm'));
    const bytes = await readFile(path.join(packaged, 'schema_engine_bg.wasm'));
    const imports = { './schema_engine_bg.js': bindings as never };
    const { instance } = await WebAssembly.instantiate(bytes, imports);
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
  const names = (await readdir(folder)).filter((name) => name.endsWith('.prisma')).sort();
  const files = await Promise.all(
    names.map(async (name) => ({
      path: path.join(folder, name),
      content: await readFile(path.join(folder, name), 'utf8'),
    })),
  );
  return { files };
}
