import { describe, expect, it } from 'vitest';
import { decrypt, encrypt, keyOf } from '../../../src/providers/vertexplay/cipher.ts';
import { createNonce, signatureOf } from '../../../src/providers/vertexplay/signing.ts';

const agentId = 'integratorNBTest04';
const nonce = '4ff08bc2a45c6b38068dbcd24296a25b';
const key = keyOf(Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0')).join(''));
const iv = Buffer.from(Array.from({ length: 12 }, (_, index) => index));
const plaintext =
  '{"startDate":"2026-01-21T07:10:00.000Z","endDate":"2026-01-21T07:20:00.000Z","betSourceId":"0"}';
const cipherText =
  'AAECAwQFBgcICQoLjzCQamNfYkCt+Yv9PGroRQ==PCClb6SXtl/sNfKpi8tKXbHgqgTBVm1NbFfSvyxZOoIxPp7Mn5swtFbBEYnM5lxdzGNCv2rklfcPpgcrKbfF2coO9kDj4QhRLGTwTMOtbI1M2aYXBAA2IZnfpO5I0sQ=';

function signature(scheme: 'pipe' | 'concatBody', timestamp: number, text: string): string {
  const body = JSON.stringify({ cipherText: text });
  return signatureOf(scheme, { agentId, timestamp, nonce, cipherText: text, body });
}

describe('x-signature', () => {
  it('reproduces the published /v2/auth sample', () => {
    const published =
      'G0ZMDELeJwx+7JcIfIFOLJjkSzANPu6krGM2uw==bDUB6MvLbggJM4Df28x/41LlgIPDqPBBAylkqTdB0I78haWOdi6jV8JXAi0iL8JHq/cCPlj39Apt/I9hDNII3SBb0IZMg+qGN3pH3zExydFZSLXwErOa/6KzGMHukRkqHjdFzQ==';
    expect(signature('pipe', 1769745532582, published)).toBe(
      '904e97bee2589b93e9747eed0346c68b23d8ff8b568dabaf4b94a5e89093df67',
    );
  });

  it('joins agent, time, nonce and cipher text with pipes', () => {
    expect(signature('pipe', 1769746894501, cipherText)).toBe(
      '049b85086abb743b9ad51323de2d1397ebe4ce5eed038bd3faa47aa794224be5',
    );
  });

  it('concatenates the bytes of the body where the older scheme is chosen', () => {
    expect(signature('concatBody', 1769746894501, cipherText)).toBe(
      '87a498de837c49f1d387ee23951c221f1f8bc073857ecf5fe9ff9e0ce031fd6d',
    );
  });

  it('never makes the same nonce twice', () => {
    const nonces = Array.from({ length: 200 }, createNonce);
    expect(new Set(nonces).size).toBe(200);
    for (const each of nonces) expect(each).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('cipherText', () => {
  it('is iv, tag and data, each in base64 of its own', () => {
    expect(encrypt(plaintext, key, iv)).toBe(cipherText);
    expect(decrypt(cipherText, key)).toBe(plaintext);
  });

  it('differs each time, and still decrypts to the same', () => {
    const first = encrypt('{"ü":"牌"}', key);
    expect(encrypt('{"ü":"牌"}', key)).not.toBe(first);
    expect(decrypt(first, key)).toBe('{"ü":"牌"}');
  });

  it('is refused when made with another key, changed or cut', () => {
    expect(decrypt(cipherText, Buffer.alloc(32))).toBeNull();
    expect(decrypt(cipherText.replace('PCClb6', 'PCClb7'), key)).toBeNull();
    expect(decrypt(cipherText.slice(0, 30), key)).toBeNull();
    expect(decrypt('', key)).toBeNull();
  });
});
