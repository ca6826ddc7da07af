/** The forms of a PostgreSQL URL that libpq takes and `new URL`, or the driver, takes otherwise. */

/**
 * Fills in the host that libpq lets one leave out, as with a Unix socket: `postgresql://user:password@/name?host=/run/postgresql`.
 * What stands in `host` counts before it.
 */
export const withHost = (url: string): string =>
  url.replace(/^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)(?=[/?#]|$)/, '$1localhost');

/**
 * `sslmode` as libpq and those who rent out servers mean it: `require` encrypts, and asks for a certificate that is known only
 * with `sslrootcert`. The driver by itself would ask for one always.
 */
export function asLibpqMeansIt({ searchParams }: URL): void {
  if (searchParams.has('sslmode') && searchParams.get('sslmode') !== 'no-verify')
    searchParams.set('uselibpqcompat', 'true');
}
