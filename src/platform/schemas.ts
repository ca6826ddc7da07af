/** In which schemas of its database an installation has its tables, and how they are named. */

export interface Schemas {
  /** Of outbox, consumers, history and sagas: what the platform keeps */
  readonly platform: string;
  /** Of what the domains keep: Prisma's models */
  readonly domains: string;
}

/** `?schema=x` of the URL, as Prisma writes it, `public` without; and `platform_schema=y`, the same as the other without. */
export function schemasOf(url: string): Schemas {
  const { searchParams } = new URL(url);
  const domains = searchParams.get('schema') || 'public';
  return { platform: searchParams.get('platform_schema') || domains, domains };
}

/** Rebuilds need room for names of their own behind it. */
export const isSchemaName = (name: string): boolean =>
  Buffer.byteLength(name) <= 40 && !/^(pg_|information_schema$)/i.test(name);

/** What a URL says for us and not for PostgreSQL. */
export const schemaParameters = ['schema', 'platform_schema'];

/**
 * Where names without a schema are looked for, in this order. What the platform keeps comes first: a domain's table of the
 * same name is not to be taken for it.
 */
export const searchPathOf = ({ platform, domains }: Schemas): string =>
  [...new Set([platform, domains])].map(quoteIfNeeded).join(', ');

/** A name as SQL has it. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const quoteIfNeeded = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : quote(name));
