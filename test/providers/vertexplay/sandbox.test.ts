import { describe, expect, it } from 'vitest';
import type { SandboxReply, SandboxRequest } from '../../../src/providers/sandbox.ts';
import { formatIso } from '../../../src/providers/times.ts';
import { encrypt, keyOf } from '../../../src/providers/vertexplay/cipher.ts';
import { provider as vertexplay } from '../../../src/providers/vertexplay/index.ts';
import { createSandbox } from '../../../src/providers/vertexplay/sandbox.ts';
import { createNonce, signatureOf } from '../../../src/providers/vertexplay/signing.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const start = Date.UTC(2026, 10, 21, 12);

function setUp() {
  let now = start;
  const sandbox = createSandbox({ clock: () => now });
  const credentials = vertexplay.credentials.parse(sandbox.account['credentials']);

  /** A request that is right in every way, unless changed. */
  function request(path: string, plaintext: object, change: Partial<Parts> = {}): SandboxRequest {
    const parts = {
      agentId: credentials.agentId,
      timestamp: now,
      nonce: createNonce(),
      key: keyOf(credentials.apiKey),
      headers: {},
      ...change,
    };
    const cipherText = encrypt(JSON.stringify(plaintext), parts.key);
    const body = JSON.stringify({ cipherText });
    const headers = {
      'content-type': 'application/json',
      'x-agentid': parts.agentId,
      'x-timestamp': String(parts.timestamp),
      'x-nonce': parts.nonce,
      'x-signature': signatureOf('pipe', { ...parts, cipherText, body }),
      ...parts.headers,
    };
    return { method: 'POST', path, headers, body };
  }

  const login = (change: object = {}) => {
    const plaintext = { agentId: credentials.agentId, secret: credentials.secretKey, ...change };
    return sandbox.handle(request('/v2/auth', plaintext));
  };
  const token: string = JSON.parse(login().body).data.accessToken;
  const ask = (plaintext: object, change: Partial<Parts> = {}) => {
    const headers = { authorization: `Bearer ${token}`, ...change.headers };
    return sandbox.handle(request('/v2/betlogs', plaintext, { ...change, headers }));
  };
  const span = (from: number, to: number) => ({ startDate: formatIso(from), endDate: formatIso(to) });
  const pass = (ms: number) => {
    now += ms;
  };
  return { sandbox, login, ask, span, pass };
}

interface Parts {
  readonly agentId: string;
  readonly timestamp: number;
  readonly nonce: string;
  readonly key: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

function codeOf(reply: SandboxReply): number {
  return JSON.parse(reply.body).code;
}

const good = [start - 10 * MINUTE, start] as const;

describe('the VertexPlay sandbox', () => {
  it('gives the same rows whatever the windows, and each edge row to both', () => {
    const { sandbox, ask, span, pass } = setUp();
    const whole: string[] = JSON.parse(ask(span(...good)).body).data.map((row: unknown) =>
      JSON.stringify(row),
    );
    const pieces: string[] = [];
    for (let from = start - 10 * MINUTE; from < start; from += 2.5 * MINUTE) {
      pass(3_000);
      pieces.push(
        ...JSON.parse(ask(span(from, from + 2.5 * MINUTE)).body).data.map((row: unknown) =>
          JSON.stringify(row),
        ),
      );
    }
    expect([...new Set(pieces)]).toEqual(whole);
    expect(pieces.length).toBeGreaterThan(whole.length);
    expect(whole).toEqual(sandbox.truth('BET', { from: start - 10 * MINUTE, to: start + 1 }));
    expect(createSandbox().truth('BET', { from: start - 10 * MINUTE, to: start + 1 })).toEqual(whole);
    expect(new Set(whole.map((text) => JSON.parse(text).transferId)).size).toBe(whole.length);
  });

  it('answers for an instant, as the document’s sample asks', () => {
    const { ask, span } = setUp();
    const reply = ask(span(start - 5 * MINUTE, start - 5 * MINUTE));
    expect(JSON.parse(reply.body).data).toHaveLength(1);
  });

  it.each([
    ['a wrong agent', { agentId: 'someone' }, 10],
    ['another key', { key: Buffer.alloc(32) }, 84],
    ['a wrong signature', { headers: { 'x-signature': '0'.repeat(64) } }, 83],
    ['an old timestamp', { timestamp: start - 6 * MINUTE }, 83],
    ['a timestamp ahead', { timestamp: start + 6 * MINUTE }, 83],
    ['a timestamp in seconds', { timestamp: start / 1000 }, 83],
    ['a nonce of capitals', { nonce: 'A'.repeat(32) }, 83],
    ['another content type', { headers: { 'content-type': 'text/plain' } }, 11],
  ])('refuses %s', (_name, change, code) => {
    const { sandbox, ask, span } = setUp();
    expect(codeOf(ask(span(...good), change))).toBe(code);
    expect(sandbox.calls.at(-1)?.refused).not.toBeNull();
  });

  it('refuses a token it did not give, and its own when it has ended', () => {
    const { ask, span, pass } = setUp();
    const foreign = ask(span(...good), { headers: { authorization: 'Bearer x' } });
    expect([foreign.status, codeOf(foreign)]).toEqual([401, 83]);
    pass(3_600_000);
    expect(ask(span(...good), { timestamp: start + 3_600_000 }).status).toBe(401);
  });

  it('refuses a nonce used before', () => {
    const { ask, span, pass } = setUp();
    const nonce = createNonce();
    expect(codeOf(ask(span(...good), { nonce }))).toBe(0);
    pass(3_000);
    expect(codeOf(ask(span(...good), { nonce, timestamp: start + 3_000 }))).toBe(83);
  });

  it('refuses a second call within three seconds, and takes it at three', () => {
    const { ask, span, pass } = setUp();
    expect(codeOf(ask(span(...good)))).toBe(0);
    pass(2_999);
    expect(codeOf(ask(span(...good)))).toBe(77);
    pass(1);
    expect(codeOf(ask(span(...good)))).toBe(0);
  });

  it.each([
    ['more than ten minutes', start - 10 * MINUTE - 1, start],
    ['an end in the future', start - MINUTE, start + 1],
    ['a start before its end', start, start - 1],
    ['a start beyond forty days', start - 40 * DAY - 1, start - 40 * DAY],
  ])('refuses %s', (_name, from, to) => {
    const { sandbox, ask, span } = setUp();
    expect(codeOf(ask(span(from, to)))).toBe(11);
    expect(sandbox.calls.at(-1)).toMatchObject({ interval: { from, to }, operation: '/v2/betlogs' });
  });

  it('refuses dates it cannot read, and a source that is no text', () => {
    const { ask, span, pass } = setUp();
    expect(codeOf(ask({ startDate: '2026-11-21 12:00:00', endDate: formatIso(start) }))).toBe(11);
    pass(3_000);
    expect(codeOf(ask({ ...span(...good), betSourceId: 0 }))).toBe(11);
  });

  it('refuses a login with another secret', () => {
    expect(codeOf(setUp().login({ secret: 'x' }))).toBe(10);
  });

  it('knows no other path', () => {
    const { sandbox } = setUp();
    expect(sandbox.handle({ method: 'POST', path: '/v1/betlogs', headers: {}, body: '' }).status).toBe(404);
  });
});
