import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { CountroomError } from '../../errors.ts';

const INTERNAL = 'INTERNAL_SERVER_ERROR';

/** The failures of the machine that a client may know of; every other class stays inside. */
const publicCodes: ReadonlySet<string> = new Set([
  'BAD_USER_INPUT',
  'FORBIDDEN',
  'UPSTREAM',
  'ARCHIVE_UNAVAILABLE',
  'UNAVAILABLE',
]);

/** Apollo's `formatError`: what it was about to say, and the error behind it. */
export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * The one place where errors become GraphQL errors. Errors of ours keep message and `extensions.code`; errors
 * made for clients (syntax, validation, limits) stay as they are; every other is answered "Internal server error" and handed whole to `onUnknown`.
 */
export function createFormatError(onUnknown: (error: unknown) => void): FormatError {
  return (formatted, error) => {
    const { locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const cause = rootOf(error);
    if (cause instanceof CountroomError && publicCodes.has(cause.code)) {
      return { message: cause.message, ...place, extensions: { code: cause.code } };
    }
    const { stacktrace: _, scalar, ...extensions } = formatted.extensions ?? {};
    const code = extensions['code'];
    if (cause instanceof GraphQLError && typeof code === 'string' && code !== INTERNAL) {
      // A scalar's refusal of a literal reaches us as a validation error.
      const kept = scalar === undefined ? extensions : { code: 'BAD_USER_INPUT' };
      return { message: formatted.message, ...place, extensions: kept };
    }
    onUnknown(cause);
    return { message: 'Internal server error', ...place, extensions: { code: INTERNAL } };
  };
}

/** The error a resolver threw, under the GraphQL errors it was wrapped in. */
function rootOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError instanceof Error) cause = cause.originalError;
  return cause;
}
