/**
 * Builds what browsers load of the playground, in a worker thread of its own, so that nobody's events wait meanwhile. The
 * page is made of native modules: its TypeScript loses its types, packages are served as they are published, and an
 * import map says where they are. So there is no build step, and nothing generated is kept in the tree.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { type Asset, encode } from './asset.ts';
import { renderPage } from './page.ts';

export interface BuildInput {
  /** The last part of the address of the page, which its assets are below */
  readonly base: string;
  /** What the introspection query gives, as JSON */
  readonly schema: string;
}

export interface Built {
  readonly page: Asset;
  readonly contentSecurityPolicy: string;
  /** Of all assets together: the same sources, the same version */
  readonly version: string;
  /** By their path behind the version */
  readonly assets: ReadonlyMap<string, Asset>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

function build({ base, schema }: BuildInput): Built {
  const modules = collectModules(path.join(root, 'playground/main.ts'));
  const texts = new Map([...modules.files, ['playground/schema.json', schema]]);
  for (const name of ['playground/style.css', 'playground/icon.svg']) {
    texts.set(name, readFileSync(path.join(root, name), 'utf8'));
  }
  const version = createHash('sha256')
    .update(JSON.stringify([...texts]))
    .digest('base64url')
    .slice(0, 16);
  const { html, contentSecurityPolicy } = renderPage({
    template: readFileSync(path.join(root, 'playground/index.html'), 'utf8'),
    assets: `${base}/playground/${version}/`,
    modules: [...modules.files.keys()],
    packages: modules.packages,
  });
  return {
    page: encode('index.html', html),
    contentSecurityPolicy,
    version,
    assets: new Map([...texts].map(([name, text]) => [name, encode(name, text)])),
  };
}

/** The entry and all that it imports: the text of each file by its path in the tree, and where each package begins. */
function collectModules(entry: string) {
  const files = new Map<string, string>();
  const packages = new Map<string, string>();
  const visit = (file: string) => {
    const name = nameOf(file);
    if (files.has(name)) return;
    const source = readFileSync(file, 'utf8');
    const code = file.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
    files.set(name, code);
    for (const specifier of importsOf(code)) {
      const isRelative = specifier.startsWith('.');
      const imported = isRelative
        ? path.resolve(path.dirname(file), specifier)
        : fileURLToPath(import.meta.resolve(specifier));
      if (!isRelative) packages.set(specifier, nameOf(imported));
      visit(imported);
    }
  };
  visit(entry);
  return { files, packages };
}

const importLine = /^\s*(?:import|export)\b[\w\s{},*$]*['"]([^'"\n]+)['"]/gm;
const importsOf = (code: string) => Array.from(code.matchAll(importLine), (match) => match[1]!);

/** The path below the root, or that of a package's file below its node_modules, wherever that is. */
function nameOf(file: string): string {
  const parts = file.split(`${path.sep}node_modules${path.sep}`);
  const name = parts.length > 1 ? `packages/${parts.at(-1)}` : path.relative(root, file);
  return name.replaceAll(path.sep, '/');
}

parentPort?.postMessage(build(workerData as BuildInput));
