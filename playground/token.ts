/** The token that requests are signed in with. It lives as long as this tab of the browser, and in no address. */

const key = 'aorta.token';

export interface TokenStore {
  /** What goes along with requests, if there is a token */
  authorization(): string | undefined;
  read(): string;
  write(token: string): void;
}

/** `onChange` is told of every other token than before, also of one that comes in the address: `#token=…`. */
export function openTokenStore(onChange: (token: string) => void): TokenStore {
  const write = (given: string) => {
    const token = given.trim().replace(/^Bearer\s+/i, '');
    if (token === read()) return;
    if (token) sessionStorage.setItem(key, token);
    else sessionStorage.removeItem(key);
    onChange(token);
  };
  const takeFromAddress = () => {
    const given = new URLSearchParams(location.hash.slice(1)).get('token');
    if (given === null) return;
    // gone before anything else is done: an address ends up in histories and screenshots
    history.replaceState(history.state, '', location.pathname + location.search);
    write(given);
  };
  addEventListener('hashchange', takeFromAddress);
  takeFromAddress();
  return { read, write, authorization: () => (read() ? `Bearer ${read()}` : undefined) };
}

const read = () => sessionStorage.getItem(key) ?? '';
