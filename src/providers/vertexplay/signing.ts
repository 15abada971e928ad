import { createHash, randomBytes } from 'node:crypto';

/** How `x-signature` is made: `pipe` is what the published sample proves, `concatBody` what older pages say. */
export type SignatureScheme = 'pipe' | 'concatBody';

/** What a signature covers; `timestamp` is in milliseconds, `body` the very bytes that are sent. */
export interface SignedParts {
  readonly agentId: string;
  readonly timestamp: number;
  readonly nonce: string;
  readonly cipherText: string;
  readonly body: string;
}

/** The value of `x-signature`: 64 lower-case hex digits of a plain SHA-256 (authentication overview; no secret enters). */
export function signatureOf(scheme: SignatureScheme, parts: SignedParts): string {
  const { agentId, timestamp, nonce, cipherText, body } = parts;
  const signed =
    scheme === 'pipe'
      ? `${agentId}|${timestamp}|${nonce}|${cipherText}`
      : `${agentId}${timestamp}${nonce}${body}`;
  return createHash('sha256').update(signed, 'utf8').digest('hex');
}

/** A nonce that was never used: 32 hex digits. */
export function createNonce(): string {
  return randomBytes(16).toString('hex');
}
