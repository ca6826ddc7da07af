/** A REDIS_URL taken apart. `URL` knows no list of hosts. */

export interface RedisUrl {
  readonly scheme: 'single' | 'cluster' | 'sentinel';
  readonly tls: boolean;
  readonly username: string;
  readonly password: string;
  readonly endpoints: readonly { readonly host: string; readonly port?: number }[];
  /** From the first slash behind the hosts, as it is written */
  readonly path: string;
  readonly query: URLSearchParams;
}

const schemes = { '': 'single', '+cluster': 'cluster', '+sentinel': 'sentinel' } as const;

/** Throws an error that says what is wrong, and nothing of the password. */
export function parseRedisUrl(text: string): RedisUrl {
  const form =
    /^redis(s?)(\+cluster|\+sentinel|):\/\/(?:([^@/?#]*)@)?([^@/?#]*)(\/[^?#@]*)?(?:\?([^#@]*))?$/i.exec(
      text,
    );
  if (!form) {
    if (!/^rediss?(\+cluster|\+sentinel|):\/\//i.test(text)) {
      throw new Error(
        'must be a URL that starts with redis:// or rediss://, or with redis+cluster:// or redis+sentinel://',
      );
    }
    throw new Error(
      'has a character in its user or password that must be percent-encoded (@ as %40, / as %2F, % as %25), or a user and password at more than the first host',
    );
  }
  const [, s, kind, userinfo = '', hosts, path = '', query = ''] = form;
  const at = userinfo.indexOf(':');
  const [username, password] = at === -1 ? [userinfo, ''] : [userinfo.slice(0, at), userinfo.slice(at + 1)];
  return {
    scheme: schemes[kind!.toLowerCase() as keyof typeof schemes],
    tls: s !== '',
    username: decoded(username),
    password: decoded(password),
    endpoints: hosts!.split(',').map(toEndpoint),
    path,
    query: new URLSearchParams(query),
  };
}

function toEndpoint(text: string) {
  const [, v6, name, port] = /^(?:\[([\da-f:.]+)\]|([\w.-]*))(?::(\d{1,5}))?$/i.exec(text.trim()) ?? [];
  const host = v6 ?? name;
  if (!host || Number(port ?? 1) > 65_535 || port === '0') {
    throw new Error(
      'has a host that is none: hosts are written host:port, several separated by commas, an IPv6 address as [::1]:6379',
    );
  }
  return { host, ...(port === undefined ? {} : { port: Number(port) }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('has a character in its user or password that must be percent-encoded: % as %25');
  }
}
