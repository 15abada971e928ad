import { UpstreamError } from '../errors.ts';

const PAUSED = 'PAUSED_BY_ADMIN';

/** What every call of an account is refused with that an admin has paused; no call leaves for it. */
export function pausedError(account: string): UpstreamError {
  const message = `${account}: paused by an admin, asked nothing until it is resumed`;
  return new UpstreamError(message, { action: 'giveUp', upstreamCode: PAUSED });
}

/** Whether a call did not leave because its account is paused. */
export function isPaused(error: unknown): boolean {
  return error instanceof UpstreamError && error.upstreamCode === PAUSED;
}
