/** Colours, brackets and indentation of GraphQL for the editor; JSON, which has less of everything, does with them too. */
import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';
import { kindOf } from './tokens.ts';

interface State {
  inBlockString: boolean;
  depth: number;
}

const keywords = /^(query|mutation|subscription|fragment|on|true|false|null)$/;

export const graphqlLanguage = StreamLanguage.define<State>({
  name: 'graphql',
  startState: () => ({ inBlockString: false, depth: 0 }),
  token(stream, state) {
    if (state.inBlockString) return readBlockString(stream, state);
    if (stream.eatSpace()) return null;
    if (stream.match('"""')) {
      state.inBlockString = true;
      return readBlockString(stream, state);
    }
    if (!stream.match(/^("(?:\\.|[^"\\])*"?|#.*|\$\w*|@\w*|-?\d[\w.+-]*|[A-Za-z_]\w*)/)) {
      const mark = stream.next() ?? '';
      if ('{[('.includes(mark)) state.depth += 1;
      if ('}])'.includes(mark)) state.depth = Math.max(0, state.depth - 1);
      return 'punctuation';
    }
    const word = stream.current();
    const kind = kindOf(word);
    if (kind !== 'name') return styles[kind];
    if (keywords.test(word)) return 'keyword';
    if (/^\s*:/.test(stream.string.slice(stream.pos))) return 'attributeName';
    return /^[A-Z]/.test(word) ? 'typeName' : 'propertyName';
  },
  indent: ({ depth }, textAfter, { unit }) =>
    Math.max(0, depth - (/^\s*[}\])]/.test(textAfter) ? 1 : 0)) * unit,
  languageData: {
    commentTokens: { line: '#' },
    closeBrackets: { brackets: ['(', '[', '{', '"'] },
    indentOnInput: /^\s*[}\])]$/,
  },
});

const styles = {
  variable: 'variableName',
  directive: 'meta',
  string: 'string',
  number: 'number',
  comment: 'comment',
  punctuation: 'punctuation',
} as const;

function readBlockString(stream: StringStream, state: State) {
  state.inBlockString = !stream.match(/^(?:\\"""|(?!""").)*"""/);
  if (state.inBlockString) stream.skipToEnd();
  return 'string';
}

/** The colours are those of style.css, which knows light from dark. */
export const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.keyword, color: 'var(--code-keyword)', fontWeight: '600' },
    { tag: tags.propertyName, color: 'var(--code-property)' },
    { tag: tags.attributeName, color: 'var(--code-attribute)' },
    { tag: tags.typeName, color: 'var(--code-type)' },
    { tag: tags.variableName, color: 'var(--code-variable)' },
    { tag: tags.string, color: 'var(--code-string)' },
    { tag: tags.number, color: 'var(--code-number)' },
    { tag: tags.meta, color: 'var(--code-keyword)' },
    { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
    { tag: tags.punctuation, color: 'var(--code-punctuation)' },
  ]),
);
