/** What a request would rather have. */
import { type Encoding, encodings } from './asset.ts';

/** Whether it names HTML, as a browser does that opens an address, and prefers nothing that GraphQL answers with. */
export function prefersHtml(accept = ''): boolean {
  const qualities = parse(accept);
  const html = qualities.get('text/html') ?? 0;
  const others = ['application/json', 'application/graphql-response+json', 'text/event-stream'];
  return html > 0 && others.every((type) => (qualities.get(type) ?? 0) <= html);
}

/** The best of those that the client takes. */
export function preferredEncoding(acceptEncoding = ''): Encoding {
  const qualities = parse(acceptEncoding);
  return encodings.find((encoding) => (qualities.get(encoding) ?? qualities.get('*') ?? 0) > 0) ?? 'identity';
}

function parse(header: string): ReadonlyMap<string, number> {
  return new Map(
    header.split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [name, quality === undefined ? 1 : Number(quality) || 0];
    }),
  );
}
