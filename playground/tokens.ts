/** The words of a GraphQL document, also of one that is being typed. */

export type TokenKind = 'name' | 'variable' | 'directive' | 'string' | 'number' | 'comment' | 'punctuation';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const pattern =
  /"""(?:\\"""|[\s\S])*?(?:"""|$)|"(?:\\.|[^"\\\n])*"?|#.*|\.\.\.|\$\w*|@\w*|-?\d[\w.+-]*|[A-Za-z_]\w*|[^\s,]/g;

export function tokensOf(text: string): readonly Token[] {
  return Array.from(text.matchAll(pattern), ({ 0: word, index }) => ({
    kind: kindOf(word),
    text: word,
    from: index,
    to: index + word.length,
  }));
}

export function kindOf(word: string): TokenKind {
  if (/^[A-Za-z_]/.test(word)) return 'name';
  if (/^-?\d/.test(word)) return 'number';
  return marks[word[0]!] ?? 'punctuation';
}

const marks: Readonly<Record<string, TokenKind>> = {
  $: 'variable',
  '@': 'directive',
  '"': 'string',
  '#': 'comment',
};
