import type { Refusal } from './refusal.ts';

/** Returns how a query by GET is refused whose variables or extensions are no JSON. */
export function checkSearch(url: string): Refusal | undefined {
  const search = new URLSearchParams(url.split('?', 2)[1] ?? '');
  const wrong = ['variables', 'extensions'].find((name) => !isJson(search.get(name)));
  return wrong === undefined ? undefined : { status: 400, message: `The parameter "${wrong}" is not JSON.` };
}

function isJson(text: string | null): boolean {
  if (!text) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
