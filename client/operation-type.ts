import type { SubscribePayload } from 'graphql-ws/client';

/**
 * Returns what the payload asks for: 'subscription', 'query' or 'mutation', and undefined when it names no operation of
 * its document. Told from the text alone, so that no parser has to be shipped.
 */
export function operationTypeOf({ query, operationName }: SubscribePayload): string | undefined {
  const operations = definitionsIn(query).filter(({ kind }) => kind !== 'fragment');
  const asked = operationName ? operations.find(({ name }) => name === operationName) : operations[0];
  return asked?.kind;
}

// strings and comments are matched to be passed over, and a directive's name is none of an operation's
const token = /"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\])*"|#.*|[[({]|[\])}]|@?\w+/g;

/** The words in front of each definition's braces: its kind and, where it has one, its name. */
function definitionsIn(query: string) {
  const definitions: { readonly kind: string; readonly name: string | undefined }[] = [];
  let words: string[] = [];
  let depth = 0;
  for (const [text] of query.matchAll(token)) {
    if (depth === 0 && text === '{') {
      const [kind = 'query', name] = words;
      definitions.push({ kind, name });
      words = [];
    }
    if (/^[[({]/.test(text)) depth += 1;
    else if (/^[\])}]/.test(text)) depth -= 1;
    else if (depth === 0 && /^[@\w]/.test(text)) words.push(text);
  }
  return definitions;
}
