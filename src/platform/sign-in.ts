/** Who is asking: what a signed token (JWT) says of a viewer. */
import {
  createRemoteJWKSet,
  errors,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose';
import type { Config } from './config.ts';
import { DomainError } from './errors.ts';
import { readClaims } from './token-claims.ts';

export interface Viewer {
  /** The token's subject; null when nobody is signed in */
  readonly actor: string | null;
  /**
   * All that a resolver may look at of the viewer, as one text: equal for two viewers exactly when no resolver can tell
   * them apart. Who differs in it must never share an execution.
   */
  readonly scope: string;
  /**
   * When the sign-in is over, ms since 1970: the token's end and the tolerance between clocks. Until then every transport
   * takes it, from then on none does, and what was begun with it ends. undefined for nobody.
   */
  readonly expiresAt?: number;
}

/**
 * Gives the viewer of a token, which may stand behind "Bearer "; without one, nobody. Throws UNAUTHENTICATED, with what
 * is wrong, for what is no token that holds, and UNAVAILABLE while the keys cannot be fetched. Where sign-in is not
 * configured a token means nothing.
 */
export type SignIn = (authorization: unknown) => Promise<Viewer>;

export type SignInConfig = Pick<
  Config,
  'JWT_SECRET' | 'JWKS_URL' | 'JWT_ISSUER' | 'JWT_AUDIENCE' | 'JWT_CLIENT_ID' | 'JWT_TOLERANCE_SECONDS'
>;

const asymmetric = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const keysTimeoutMs = 5_000;
const newKeyMs = 5_000; // how often an unknown key has the set fetched again at most
const longestToken = 16_384; // characters; no HTTP header is longer, and a socket takes what HTTP takes

export function createSignIn(config: SignInConfig): SignIn {
  const verify = createVerify(config);
  const rules = {
    toleranceSeconds: config.JWT_TOLERANCE_SECONDS,
    audience: config.JWT_AUDIENCE,
    clientId: config.JWT_CLIENT_ID,
  };
  return async (authorization) => {
    if (!verify || authorization === undefined || authorization === null) return viewerOf(null);
    const token = tokenIn(authorization);
    if (token.length > longestToken) {
      throw unauthenticated(`The token is longer than ${longestToken} characters.`);
    }
    const verified = await verify(token).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const { subject, expiresAt } = readClaims(verified, rules);
    // jose compares whole seconds
    return { ...viewerOf(subject), expiresAt: (Math.ceil(expiresAt) + rules.toleranceSeconds) * 1_000 };
  };
}

const tokenIn = (authorization: unknown) =>
  typeof authorization === 'string' ? authorization.replace(/^bearer +/i, '') : '';

// resolvers look at the actor and nothing else; JSON tells nobody from somebody called null
const viewerOf = (actor: string | null): Viewer => ({ actor, scope: JSON.stringify(actor) });

type Verify = (token: string) => Promise<JWTVerifyResult>;

/** Undefined when sign-in is not configured. Each kind of key allows its own algorithms only. */
function createVerify(config: SignInConfig): Verify | undefined {
  const { JWT_SECRET, JWKS_URL, JWT_ISSUER, JWT_AUDIENCE, JWT_TOLERANCE_SECONDS } = config;
  const options: JWTVerifyOptions = {
    clockTolerance: JWT_TOLERANCE_SECONDS,
    ...(JWT_ISSUER === undefined ? {} : { issuer: JWT_ISSUER }),
    ...(JWT_AUDIENCE === undefined ? {} : { audience: JWT_AUDIENCE }),
  };
  if (JWT_SECRET !== undefined) {
    const secret = new TextEncoder().encode(JWT_SECRET);
    return (token) => jwtVerify(token, secret, { ...options, algorithms: ['HS256'] });
  }
  if (JWKS_URL === undefined) return undefined;
  const fetched = createRemoteJWKSet(new URL(JWKS_URL), {
    timeoutDuration: keysTimeoutMs,
    cooldownDuration: newKeyMs,
  });
  const key: JWTVerifyGetKey = (header, token) =>
    fetched(header, token).catch((cause: unknown) => {
      throw isOfToken(cause) ? cause : keysUnavailable(cause);
    });
  return (token) => jwtVerify(token, key, { ...options, algorithms: asymmetric });
}

/** Whether the token is to blame for the failure to find its key, not the server of the keys. */
const isOfToken = (error: unknown) =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

const unauthenticated = (message: string, cause?: unknown) =>
  new DomainError('UNAUTHENTICATED', message, { cause });

const keysUnavailable = (cause: unknown) =>
  new DomainError('UNAVAILABLE', 'Tokens cannot be checked at the moment. Try again.', {
    retryable: true,
    cause,
  });

function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTExpired)
    return unauthenticated('The token has expired. Sign in again.', error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(`The token is not for here: ${claims[error.claim] ?? error.message}.`, error);
  }
  if (error instanceof errors.JOSEError) {
    return unauthenticated('The token is not one that this API trusts. Give it as "Bearer <token>".', error);
  }
  return error;
}

const claims: Readonly<Record<string, string>> = {
  iss: 'it was issued by another (iss)',
  aud: 'it was issued for others (aud)',
  nbf: 'its time has not come (nbf)',
};
