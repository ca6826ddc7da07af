import { GraphQLError, Lexer, type Source, TokenKind } from 'graphql';

const most = 200; // levels; far more than a person writes, and far less than what fills the parser's stack

const opening: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Throws a GraphQLError for a document with more brackets in one another than 200. What parses, validates and executes it
 * calls itself for each level. Looks at no more tokens than given: a longer document is refused for its length.
 */
export function checkNesting(source: Source, maxTokens: number): void {
  if ((source.body.match(/[{[(]/g)?.length ?? 0) <= most) return;
  const lexer = new Lexer(source);
  let depth = 0;
  for (let tokens = 0; tokens <= maxTokens; tokens += 1) {
    const { kind } = lexer.advance();
    if (kind === TokenKind.EOF) return;
    if (opening.has(kind)) depth += 1;
    if (closing.has(kind)) depth -= 1;
    if (depth > most) throw new GraphQLError(`The document is nested too deeply: ${most} levels at most.`);
  }
}
