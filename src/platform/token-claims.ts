/** What a token must say besides being signed by the right key, of the right issuer and audience: which jose leaves open. */
import type { JWTPayload, JWTVerifyResult } from 'jose';
import { DomainError } from './errors.ts';

export interface ClaimRules {
  /** Between our clock and the issuer's, s */
  readonly toleranceSeconds: number;
  readonly audience: string | undefined;
  readonly clientId: string | undefined;
}

export interface Claims {
  readonly subject: string;
  /** s since 1970 */
  readonly expiresAt: number;
}

const longestSubject = 255; // characters, as OpenID Connect has it
const firstMilliseconds = 100_000_000_000; // as seconds this is the year 5138, as milliseconds 1973

/** Returns whose a verified token is and until when. Throws UNAUTHENTICATED, with what is wrong. */
export function readClaims({ payload, protectedHeader }: JWTVerifyResult, rules: ClaimRules): Claims {
  checkType(protectedHeader.typ);
  checkAddressee(payload, rules);
  checkTimes(payload, rules);
  return { subject: subjectOf(payload), expiresAt: payload.exp! };
}

/** An issuer signs other things with the same key: what tells a service that somebody has signed out, for one. */
function checkType(typ: string | undefined): void {
  if (typ !== undefined && !/^(application\/)?(jwt|at\+jwt)$/i.test(typ)) {
    throw refusal('The token is not for here: it is of another kind (typ) than JWT or at+jwt.');
  }
}

/** RFC 7519, 4.1.3: a token that names an audience is not for one that does not know itself to be part of it. */
function checkAddressee({ aud, azp, client_id }: JWTPayload, { audience, clientId }: ClaimRules): void {
  if (aud !== undefined && audience === undefined) {
    throw refusal(
      'The token is not for here: it was issued for others (aud), as this API has no JWT_AUDIENCE.',
    );
  }
  if (clientId !== undefined && (azp ?? client_id) !== clientId) {
    throw refusal('The token is not for here: it was issued to another application (azp, client_id).');
  }
}

function checkTimes({ exp, iat, nbf }: JWTPayload, { toleranceSeconds }: ClaimRules): void {
  if (exp === undefined) throw refusal('The token never ends: it has no time of expiry (exp).');
  for (const [name, time] of Object.entries({ exp, iat, nbf })) {
    if (time !== undefined && time >= firstMilliseconds) {
      throw refusal(`The token tells its times in milliseconds (${name}): they must be in seconds.`);
    }
  }
  if (iat !== undefined && iat > Date.now() / 1_000 + toleranceSeconds) {
    throw refusal('The token was issued in the future (iat): one of the clocks is wrong.');
  }
}

/** It becomes the actor of events: text that PostgreSQL can store, and in an index. */
function subjectOf({ sub }: JWTPayload): string {
  if (typeof sub !== 'string' || sub === '') {
    throw refusal('The token does not say whose it is: it has no subject (sub).');
  }
  if (sub.length > longestSubject) {
    throw refusal(`The token has a subject (sub) that is longer than ${longestSubject} characters.`);
  }
  if (sub.includes('\0') || !sub.isWellFormed()) {
    throw refusal('The token has a subject (sub) with a character that cannot be stored.');
  }
  return sub;
}

const refusal = (message: string) => new DomainError('UNAUTHENTICATED', message);
