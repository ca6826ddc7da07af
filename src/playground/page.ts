/** The HTML of the page, and the policy under which browsers run it. */
import { createHash } from 'node:crypto';

export interface PageParts {
  readonly template: string;
  /** Where the assets are, relative to the page, so that a proxy may serve it below any path */
  readonly assets: string;
  /** All modules, the entry first: they are fetched at once, and not one after the other as imports are found */
  readonly modules: readonly string[];
  /** The module that each name of a package stands for */
  readonly packages: ReadonlyMap<string, string>;
}

export function renderPage({ template, assets, modules, packages }: PageParts) {
  const imports = Object.fromEntries([...packages].map(([name, file]) => [name, `./${assets}${file}`]));
  const importMap = JSON.stringify({ imports });
  const preloads = modules.map((name) => `<link rel="modulepreload" href="${assets}${name}">`).join('\n');
  const html = template
    .replaceAll('{{assets}}', assets)
    .replace('{{head}}', () => `<script type="importmap">${importMap}</script>\n${preloads}`);
  return {
    html,
    contentSecurityPolicy: [
      "default-src 'none'",
      // browsers take an import map from the page only; it is the one script in it, named by its content
      `script-src 'self' 'sha256-${createHash('sha256').update(importMap).digest('base64')}'`,
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}
