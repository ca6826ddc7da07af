/** The secrets of the environment, and how they are kept out of everything that is printed. */

const hidden = '***';
const shortest = 6; // what is shorter, or an ordinary word of ours, would be found in texts that have nothing to do with it
const ordinary = /^(aorta|password|postgres|postgresql|redis|secret)$/i;

const known = new Set<string>();

/** From here on `redact` hides the text, in each form in which it may be printed. */
export function keepSecret(secret: string): void {
  if (secret.length < shortest || ordinary.test(secret)) return;
  for (const form of [
    secret,
    decoded(secret),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]) {
    if (form.length >= shortest) known.add(form);
  }
}

/** `keepSecret` for all of a URL that can be one: its password, what stands in for one, and what is like one in its query. */
export function keepSecretsOf(text: string): void {
  for (const secret of secretsOf(text)) keepSecret(secret);
}

/** The text without the secrets that are known, and without the password of any URL in it. */
export function redact(text: string): string {
  let safe = text;
  // the longest first: one may be a part of another
  for (const secret of [...known].sort((one, other) => other.length - one.length)) {
    if (safe.includes(secret)) safe = safe.replaceAll(secret, hidden);
  }
  return safe.replace(/(\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s:@/"'`]{0,200}:)[^\s"'`]{1,500}@/gi, `$1${hidden}@`);
}

/** Of a URL that may be none: between its first colon after the scheme and its last @ anything can be the password. */
function secretsOf(text: string): readonly string[] {
  const rest = text.replace(/^\s*[a-z][a-z\d+.-]*:\/*/i, '');
  const at = rest.lastIndexOf('@');
  const userinfo = at === -1 ? '' : rest.slice(0, at);
  const colon = userinfo.indexOf(':');
  const user = colon === -1 ? userinfo : userinfo.slice(0, colon);
  const password = colon === -1 ? '' : userinfo.slice(colon + 1);
  const isName =
    rest
      .slice(at + 1)
      .split(/[:/?#,]/)
      .includes(password) || password === user;
  const query = /\?(.*)$/s.exec(rest)?.[1] ?? '';
  const inQuery = [...new URLSearchParams(query)].filter(([name]) =>
    /pass|secret|token|key|auth/i.test(name),
  );
  return [
    ...(isName ? [] : [password]),
    // without a colon it may be the password alone, as in redis://password@host
    ...(colon === -1 && /^\s*rediss?(\+[a-z]+)?:/i.test(text) ? [user] : []),
    ...inQuery.map(([, value]) => value),
  ].filter((secret) => secret !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
