import type { Logger } from '../platform/logger.ts';

const perMinute = 100; // lines about distinct hosts and origins at most: whoever sends more names is no mistake in a setting
const minuteMs = 60_000;
const shownLength = 200; // characters of what a stranger sent

/** Tells operators of each refused host and origin, with the settings that would allow it: once a minute at most. */
export function createRefusalLog(logger: Logger) {
  const told = new Set<string>();
  let since = 0;
  const once = (key: string, tell: () => void) => {
    const now = Date.now();
    if (now - since >= minuteMs) {
      since = now;
      told.clear();
    }
    if (told.has(key) || told.size >= perMinute) return;
    told.add(key);
    tell();
  };
  return {
    host(host: string): void {
      const shown = host.slice(0, shownLength);
      const allow = `ALLOWED_HOSTS=${shown.replace(/:\d+$/, '')}, or PUBLIC_URL when clients reach the api by it`;
      once(`host ${shown}`, () => logger.warn({ host: shown, allow }, 'api.host_refused'));
    },
    origin(origin: string, host: string | undefined): void {
      const shown = origin.slice(0, shownLength);
      const allow =
        shown === 'null'
          ? 'a page without an origin (a file, or a sandbox): ALLOWED_ORIGINS=* only'
          : `ALLOWED_ORIGINS=${shown}, or PUBLIC_URL=${shown} when this is the api's own address, such as that of a proxy in front`;
      once(`origin ${shown}`, () => logger.warn({ origin: shown, host, allow }, 'api.origin_refused'));
    },
  };
}
