/** What a request would rather have. */
import Negotiator from 'negotiator';
import { type Encoding, encodings } from './asset.ts';

// what GraphQL answers with comes first: a program that takes anything is no browser that opens an address
const types = ['application/json', 'application/graphql-response+json', 'text/event-stream', 'text/html'];

/** Whether it names HTML, as a browser does that opens an address, and prefers nothing that GraphQL answers with. */
export const prefersHtml = (accept = ''): boolean =>
  /text\/html/i.test(accept) && new Negotiator({ headers: { accept } }).mediaType(types) === 'text/html';

/** The best of those that the client takes. */
export function preferredEncoding(acceptEncoding = ''): Encoding {
  const negotiator = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const accepted = negotiator.encodings([...encodings]);
  return encodings.find((encoding) => accepted.includes(encoding)) ?? 'identity';
}
