/** What the server says over HTTP where no WebSocket could be opened: a browser tells nobody the answer to a handshake. */
export type HttpAnswer =
  | { readonly kind: 'status'; readonly status: number }
  /** It answers, and a page of this origin may not read what */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'none' };

/** Asks by GET at the same place, without a body. Never throws. */
export async function askOverHttp(socketUrl: string, timeoutMs: number): Promise<HttpAnswer> {
  const url = socketUrl.replace(/^ws/, 'http');
  const ask = (mode: 'cors' | 'no-cors') =>
    fetch(url, {
      mode,
      headers: { accept: 'application/json' },
      cache: 'no-store',
      redirect: mode === 'cors' ? 'manual' : 'follow', // a WebSocket follows none; without CORS it must be so
      signal: AbortSignal.timeout(timeoutMs),
    });
  try {
    const response = await ask('cors');
    void response.body?.cancel();
    return response.status === 0 ? { kind: 'unreadable' } : { kind: 'status', status: response.status };
  } catch {
    // it may have been the browser that refused, and not the network
    return ask('no-cors').then(
      () => ({ kind: 'unreadable' }),
      () => ({ kind: 'none' }),
    );
  }
}
