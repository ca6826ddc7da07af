/** What may stand at a place of a document, found by reading the document up to there. */
import { type Field, type InputValue, type NamedType, named, type RootKind, type Schema } from './schema.ts';
import { type Token, tokensOf } from './tokens.ts';

export type Place =
  | { readonly of: 'definitions' | 'input types' | 'directives' | 'nothing' }
  | { readonly of: 'fields'; readonly type: NamedType }
  | { readonly of: 'spread'; readonly type: NamedType | undefined }
  | { readonly of: 'type conditions'; readonly type: NamedType | undefined }
  | { readonly of: 'inputs'; readonly inputs: readonly InputValue[] }
  | { readonly of: 'values'; readonly type: NamedType | undefined };

/** What an open bracket holds. `next` is the type of what a brace would open now. */
type Frame =
  | { readonly of: 'root' | 'variables'; next?: NamedType | undefined }
  | {
      readonly of: 'fields';
      readonly type: NamedType | undefined;
      next?: NamedType | undefined;
      field?: Field | undefined;
    }
  | { readonly of: 'inputs'; readonly inputs: readonly InputValue[]; current?: InputValue | undefined }
  | { readonly of: 'list'; readonly type: NamedType | undefined };

const nothing: Place = { of: 'nothing' };

/** The place of the word that begins at `position`, or would. */
export function placeAt(text: string, position: number, schema: Schema): Place {
  const all = tokensOf(text);
  const inside = all.find(({ from, to }) => from < position && position < to);
  if (inside?.kind === 'string') return nothing;
  if (all.some(({ kind, from, to }) => kind === 'comment' && from < position && position <= to))
    return nothing;
  const before = all.filter(({ kind, to }) => kind !== 'comment' && to <= position);
  const word = text.slice(position, position + 1);
  if (word === '@') return { of: 'directives' };
  return describe(readFrames(before, schema), before.at(-1)?.text, before.at(-2)?.text, schema);
}

function describe(
  frame: Frame,
  previous: string | undefined,
  beforeThat: string | undefined,
  schema: Schema,
): Place {
  switch (frame.of) {
    case 'root':
      if (previous === 'on') return { of: 'type conditions', type: undefined };
      return previous === undefined || previous === '}' ? { of: 'definitions' } : nothing;
    case 'variables':
      return previous === ':' || previous === '[' ? { of: 'input types' } : nothing;
    case 'fields':
      if (previous === '...') return { of: 'spread', type: frame.type };
      if (previous === 'on' && beforeThat === '...') return { of: 'type conditions', type: frame.type };
      return frame.type ? { of: 'fields', type: frame.type } : nothing;
    case 'inputs':
      return previous === ':'
        ? { of: 'values', type: schema.type(frame.current && named(frame.current.type)) }
        : { of: 'inputs', inputs: frame.inputs };
    case 'list':
      return { of: 'values', type: frame.type };
  }
}

/** Reads all tokens, and gives the innermost bracket that is still open after them. */
function readFrames(tokens: readonly Token[], schema: Schema): Frame {
  const root: Frame = { of: 'root' };
  const frames: Frame[] = [root];
  for (const [index, { kind, text }] of tokens.entries()) {
    const frame = frames.at(-1)!;
    if (kind === 'name') readName(frame, text, { tokens, index, schema });
    else if (text === '{' || text === '(' || text === '[') {
      const opened = open(frame, text, { tokens, index, schema });
      if (opened) frames.push(opened);
    } else if (text === '...' && frame.of === 'fields') frame.next = frame.type;
    else if (/^[})\]]$/.test(text) && frames.length > 1) {
      if (text !== ']' || frame.of === 'list') frames.pop();
      if (frames.length === 1) root.next = undefined;
    }
  }
  return frames.at(-1)!;
}

interface Reading {
  readonly tokens: readonly Token[];
  readonly index: number;
  readonly schema: Schema;
}

function readName(frame: Frame, name: string, { tokens, index, schema }: Reading): void {
  const previous = tokens[index - 1]?.text;
  if (frame.of === 'root') {
    if (previous === 'on') frame.next = schema.type(name);
    else if (/^(query|mutation|subscription)$/.test(name) && !frame.next)
      frame.next = schema.root(name as RootKind);
  } else if (frame.of === 'fields') {
    if (previous === '...') frame.next = undefined;
    else if (previous === 'on' && tokens[index - 2]?.text === '...') frame.next = schema.type(name);
    else {
      frame.field = frame.type?.fields?.find((field) => field.name === name);
      frame.next = frame.field && schema.type(named(frame.field.type));
    }
  } else if (frame.of === 'inputs' && tokens[index + 1]?.text === ':') {
    frame.current = frame.inputs.find((input) => input.name === name);
  }
}

function open(frame: Frame, bracket: string, { tokens, index, schema }: Reading): Frame | undefined {
  const previous = tokens[index - 1];
  if (bracket === '(') {
    if (previous?.kind === 'directive') {
      const directive = schema.directives.find(({ name }) => `@${name}` === previous.text);
      return { of: 'inputs', inputs: directive?.args ?? [] };
    }
    if (frame.of === 'fields') return { of: 'inputs', inputs: frame.field?.args ?? [] };
    return { of: 'variables', next: frame.of === 'root' ? frame.next : undefined };
  }
  const valueType =
    frame.of === 'inputs'
      ? schema.type(frame.current && named(frame.current.type))
      : frame.of === 'list'
        ? frame.type
        : undefined;
  if (bracket === '[') return frame.of === 'variables' ? undefined : { of: 'list', type: valueType };
  if (frame.of === 'root') return { of: 'fields', type: frame.next ?? schema.root('query') };
  if (frame.of === 'fields') return { of: 'fields', type: frame.next };
  return { of: 'inputs', inputs: valueType?.inputFields ?? [] };
}
