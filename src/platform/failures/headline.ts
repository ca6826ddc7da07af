/**
 * What an error is about, in a line of at most so many characters: the first line that says something, and where that only
 * announces what comes, as Prisma's do, the last one before the stack.
 */
export function headlineOf(error: string, maxLength: number): string {
  const [message = ''] = error.split(/\n\s+at /, 1);
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const [first = '', ...more] = lines;
  const headline = /(:| in)$/.test(first) && more.length > 0 ? `${first} ${more.at(-1)}` : first;
  return headline.length > maxLength ? `${headline.slice(0, maxLength - 1)}…` : headline;
}
