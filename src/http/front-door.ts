/**
 * Who may come in, by the host that a request is for and the page that sent it: one rule for queries, mutations,
 * preflights, event streams, sockets and the playground.
 *
 * A browser sends requests on behalf of any page that somebody has open. What keeps foreign pages out are two headers
 * that a page cannot choose: Origin, and Host, which is the name of the page's own host also when its DNS entry was
 * changed to lead here (DNS rebinding).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';
import { isHostAllowed } from 'host-validation-middleware';
import type { Logger } from '../platform/logger.ts';
import { type Refusal, refuse } from './refusal.ts';
import { createRefusalLog } from './refusal-log.ts';
import { checkTarget } from './target.ts';

export interface FrontDoorOptions {
  /** Origins of other pages that may use the API; `*` is any, but without the credentials that a browser keeps */
  readonly allowedOrigins: readonly string[];
  /** Names that this process answers to, beside addresses and localhost; one that begins with a dot includes those below */
  readonly allowedHosts: readonly string[];
  /** Origins under which clients reach it, such as that of a proxy in front */
  readonly publicOrigins: readonly string[];
  readonly logger: Logger;
}

export interface FrontDoor {
  /** Refuses a request, or lets it in; also what it may say of itself is put right, so that no later step has to ask. */
  check(request: IncomingMessage): Refusal | undefined;
  /** Does the same for HTTP and sets what a browser needs to hear. False when it has answered: a refusal, or a preflight. */
  admit(request: IncomingMessage, response: ServerResponse): boolean;
}

export function createFrontDoor(options: FrontDoorOptions): FrontDoor {
  const { allowedOrigins, publicOrigins, logger } = options;
  const hosts = Object.freeze([
    ...options.allowedHosts.map((host) => host.toLowerCase()),
    ...publicOrigins.map((origin) => new URL(origin).hostname),
  ]);
  const any = allowedOrigins.includes('*');
  const log = createRefusalLog(logger);

  /** Whether the page was served from here. The host has been checked before: a stranger's name equals nothing here. */
  const isOwn = (origin: string, host: string | undefined) =>
    publicOrigins.includes(origin) ||
    (host !== undefined && /^https?:/.test(origin) && URL.parse(origin)?.host === host.toLowerCase());
  const isListed = (origin: string) => allowedOrigins.includes(origin);

  const check = (request: IncomingMessage): Refusal | undefined => {
    const refusal = checkTarget(request);
    if (refusal) return refusal;
    const { host, origin } = request.headers;
    if (host !== undefined && !isHostAllowed(hostnameOf(host), hosts)) {
      log.host(host);
      return unknownHost(host);
    }
    if (origin === undefined || isOwn(origin, host) || isListed(origin)) return undefined;
    if (!any) {
      log.origin(origin, host);
      return foreignOrigin(origin);
    }
    // let in as anybody: what the browser adds of its user is not looked at
    delete request.headers.cookie;
    return undefined;
  };

  const tellBrowser = cors((request, callback) => {
    const { origin } = request.headers;
    const credentials = origin !== undefined && isListed(origin);
    // a page of our own needs no leave, but a preflight an answer
    const allowed = credentials ? [origin] : any ? '*' : [];
    callback(null, {
      origin: allowed,
      credentials,
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      exposedHeaders: ['x-correlation-id'],
      maxAge: preflightSeconds,
    });
  });

  return {
    check,
    admit(request, response) {
      const refusal = check(request);
      if (refusal) {
        refuse(response, refusal);
        return false;
      }
      if (request.headers.origin === undefined && request.method !== 'OPTIONS') return true;
      let admitted = false;
      tellBrowser(request, response, () => {
        admitted = true;
      });
      return admitted;
    },
  };
}

const preflightSeconds = 600;

const hostnameOf = (host: string) => host.toLowerCase().replace(/:\d+$/, '');

const unknownHost = (host: string): Refusal => ({
  status: 421,
  code: 'FORBIDDEN',
  message: `This server does not answer for the host "${host}". Whoever runs it can allow the name with ALLOWED_HOSTS, or with PUBLIC_URL.`,
});

const foreignOrigin = (origin: string): Refusal => ({
  status: 403,
  code: 'FORBIDDEN',
  message: `Pages of the origin "${origin}" may not use this server. Whoever runs it can allow them with ALLOWED_ORIGINS, or with PUBLIC_URL where that is its own address.`,
});
