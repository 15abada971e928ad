import { UpstreamError } from '../errors.ts';

/** Whether an answer did not come in time, ours or that of a gateway before the provider: it may have been asked for too much. */
export function isOverdue(error: unknown): error is UpstreamError {
  return (
    error instanceof UpstreamError && (error.upstreamCode === 'TIMEOUT' || error.upstreamCode === 'HTTP 504')
  );
}
