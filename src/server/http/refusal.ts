import { CountroomError } from '../../errors.ts';

/** A request that is not answered, with the HTTP status and headers that say so. */
export abstract class RefusalError extends CountroomError {
  abstract readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>> = {};
}

/** Nobody we know, or no longer: 401. */
export class UnauthenticatedError extends RefusalError {
  readonly code = 'UNAUTHENTICATED';
  readonly statusCode = 401;
  override readonly headers = {
    'www-authenticate': 'Basic realm="countroom", charset="UTF-8", Bearer realm="countroom"',
  };
}

/** Known, and not allowed: 403. */
export class ForbiddenError extends RefusalError {
  readonly code = 'FORBIDDEN';
  readonly statusCode = 403;
}

/** Who asks cannot be checked now, since the token's issuer does not answer: 503. */
export class AuthUnavailableError extends RefusalError {
  readonly code = 'AUTH_UNAVAILABLE';
  readonly statusCode = 503;
  override readonly headers = { 'retry-after': '5' };
}

/** The budget of this minute is spent: 429. */
export class TooManyRequestsError extends RefusalError {
  readonly code = 'RATE_LIMITED';
  readonly statusCode = 429;
  override readonly headers: Readonly<Record<string, string>>;
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
    this.headers = { 'retry-after': String(retryAfterSeconds) };
  }
}

/** A longer address than is answered: 414. */
export class UriTooLongError extends RefusalError {
  readonly code = 'URI_TOO_LONG';
  readonly statusCode = 414;
}

/** Longer headers than are answered: 431. */
export class HeadersTooLargeError extends RefusalError {
  readonly code = 'HEADERS_TOO_LARGE';
  readonly statusCode = 431;
}

/** Asked for by a name that is not ours: 421. */
export class MisdirectedError extends RefusalError {
  readonly code = 'MISDIRECTED_REQUEST';
  readonly statusCode = 421;
}

/** What was asked for has no room now: 503. */
export class BusyError extends RefusalError {
  readonly code = 'BUSY';
  readonly statusCode = 503;
  override readonly headers = { 'retry-after': '10' };
}

/** The process has more to do than it can: 503. */
export class OverloadedError extends RefusalError {
  readonly code = 'OVERLOADED';
  readonly statusCode = 503;
  override readonly headers = { 'retry-after': '5' };
}

/** The answer took longer than a setting allows: 503. */
export class TimeoutError extends RefusalError {
  readonly code = 'TIMEOUT';
  readonly statusCode = 503;
}
