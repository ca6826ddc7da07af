import { type DocumentNode, Kind, visit } from 'graphql';

/**
 * Whether the request may ask for `head`, which has to be read before anything else of it is. Fields run side by side,
 * so that a resolver would be too late: whoever executes requests asks here first and puts it into the context.
 */
export function asksForHead(document: DocumentNode): boolean {
  let asks = false;
  visit(document, {
    [Kind.FIELD](field) {
      if (field.name.value === 'head') asks = true;
    },
  });
  return asks;
}
