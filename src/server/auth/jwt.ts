import {
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { JwtSettings } from '../../config/server-settings.ts';
import { AuthUnavailableError, ForbiddenError, UnauthenticatedError } from '../http/refusal.ts';
import type { Caller } from './caller.ts';
import { fetchSmall } from './fetch-small.ts';
import { type Role, roles, toViewer } from './permissions.ts';

/** Public-key algorithms alone: with a shared secret, or `none`, whoever can verify a token could also forge one. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

// What a token is by RFC 9068 and before it; those of other uses (logout, security events) are refused.
const tokenTypes: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt']);
const LONGEST_TOKEN = 8_192;
const LARGEST_KEYS = 1_000_000;

/**
 * Recognises JWTs by the issuer's published keys, which are fetched from `jwksUri` alone (no redirect is
 * followed) and kept. Rejects with an UnauthenticatedError for a token that has expired or is not
 * valid, a ForbiddenError for one whose claims give no role, an AuthUnavailableError when the keys cannot be had.
 */
export function createJwtVerifier(
  settings: JwtSettings,
  clock: () => number,
): (token: string) => Promise<Caller> {
  const keys = createRemoteJWKSet(new URL(settings.jwksUri), {
    timeoutDuration: 5_000,
    cooldownDuration: 30_000,
    [customFetch]: (url, init) => fetchSmall(url, init, LARGEST_KEYS),
  });
  return async (token) => {
    checkShape(token);
    return callerOf(await verify(token, keys, settings, clock), settings);
  };
}

/** Refuses what is no access token before any key is looked for. */
function checkShape(token: string): void {
  if (token.length > LONGEST_TOKEN) {
    throw new UnauthenticatedError(
      `expected a token of at most ${LONGEST_TOKEN} characters, got ${token.length}`,
    );
  }
  const type = typeOf(token);
  if (type === null || tokenTypes.has(type)) return;
  throw new UnauthenticatedError('expected a token of typ JWT or at+jwt');
}

/** A token's `typ` in small letters; null where it says none. */
function typeOf(token: string): string | null {
  try {
    return decodeProtectedHeader(token).typ?.toLowerCase() ?? null;
  } catch (cause) {
    throw new UnauthenticatedError('the token’s header cannot be read', { cause });
  }
}

async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  settings: JwtSettings,
  clock: () => number,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: settings.issuer,
      audience: settings.audience,
      clockTolerance: settings.clockTolerance / 1000,
      currentDate: new Date(clock()),
      requiredClaims: ['exp', 'sub'],
      algorithms,
    });
    return payload;
  } catch (cause) {
    if (cause instanceof errors.JWTExpired)
      throw new UnauthenticatedError(expiryOf(cause.payload), { cause });
    if (isTokenFault(cause)) throw new UnauthenticatedError(refusalOf(cause), { cause });
    throw new AuthUnavailableError('the issuer’s keys cannot be read now', { cause });
  }
}

function expiryOf({ exp = 0 }: JWTPayload): string {
  const at = new Date(exp * 1_000);
  return Number.isNaN(at.getTime()) ? 'token expired' : `token expired at ${at.toISOString()}`;
}

/** What is wrong with a token, by what was expected of it; the token itself is never quoted. */
function refusalOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    const got = error.reason === 'missing' ? 'a token without it' : 'another value';
    return `expected a token with the configured claim ${error.claim}, got ${got}`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) {
    return `expected a token signed by one of ${algorithms.join(', ')}, got another algorithm`;
  }
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) {
    return 'expected a JWT, got text that cannot be read as one';
  }
  return 'expected a token signed by one of the issuer’s published keys, got another signature';
}

function isTokenFault(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported
  );
}

function callerOf(payload: JWTPayload, settings: JwtSettings): Caller {
  const role = roleIn(claimOf(payload, settings.roleClaim));
  if (role === null) throw new ForbiddenError(`the token’s claim ${settings.roleClaim} names no role`);
  const accounts = accountsIn(claimOf(payload, settings.accountsClaim), settings.accountsClaim);
  const player =
    role === 'player' ? playerIn(claimOf(payload, settings.playerClaim), settings.playerClaim) : null;
  // Budgets, pseudonyms and the audit log go by it: what is no text would make one of many.
  if (typeof payload.sub !== 'string' || payload.sub === '')
    throw new UnauthenticatedError('expected a token with the configured claim sub, got another value');
  // Prefixed, so that no token's subject can pass for a key's name in logs and budgets.
  return { viewer: toViewer({ name: `jwt:${payload.sub}`, role, accounts, player }), safelistOnly: false };
}

/** A claim by its whole name (issuers use URLs), else by a path such as `realm_access.roles`. */
function claimOf(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  let value: unknown = payload;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}

/** The one role that the claim names; null where it names several, rather than the widest of them. */
function roleIn(claim: unknown): Role | null {
  const named = Array.isArray(claim) ? claim : [claim];
  const known = roles.filter((role) => named.includes(role));
  return known.length === 1 ? (known[0] ?? null) : null;
}

function accountsIn(claim: unknown, name: string): readonly string[] | null {
  if (claim === undefined) return null;
  if (Array.isArray(claim) && claim.every((each) => typeof each === 'string')) return claim;
  throw new ForbiddenError(`the token’s claim ${name} is no list of accounts`);
}

function playerIn(claim: unknown, name: string): string {
  if (typeof claim === 'string' && claim !== '') return claim;
  throw new ForbiddenError(`the token’s claim ${name} names no player`);
}
