import { tokensOf } from './tokens.ts';

export interface OperationText {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name: string | undefined;
  /** Up to its last brace */
  readonly to: number;
}

/** The operations of a document, in order. */
export function operationsOf(text: string): readonly OperationText[] {
  const operations: OperationText[] = [];
  let depth = 0;
  let words: string[] = [];
  for (const { kind, text: word, to } of tokensOf(text)) {
    if (kind === 'comment' || kind === 'string') continue;
    if (/^[{([]$/.test(word)) {
      if (depth === 0 && word === '{' && words.length === 0) words = ['query'];
      depth += 1;
    } else if (/^[})\]]$/.test(word)) {
      depth = Math.max(0, depth - 1);
      if (depth > 0 || word !== '}') continue;
      const [first, name] = words;
      if (first === 'query' || first === 'mutation' || first === 'subscription')
        operations.push({ kind: first, name, to });
      words = [];
    } else if (depth === 0 && kind === 'name') words.push(word);
  }
  return operations;
}

/** The operation that the cursor is in or before, else the last one. */
export function operationAt(text: string, position: number): OperationText | undefined {
  const operations = operationsOf(text);
  return operations.find(({ to }) => position <= to) ?? operations.at(-1);
}
