import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UpstreamError } from '../../src/errors.ts';
import { type CodeTable, codeError, readAnswer, retryAfterMs } from '../../src/providers/answer.ts';
import { text } from '../../src/providers/wire.ts';
import type { HttpResponse } from '../../src/upstream/call.ts';

const now = Date.UTC(2026, 0, 21, 7, 0, 0);
const codes: CodeTable = {
  77: { meaning: 'too many requests', action: 'slowDown', retryAfterMs: 3_000 },
  83: { meaning: 'wrong signature', action: 'stopAccount', remedy: 'check credentials' },
};
const envelope = z.object({ code: text, data: z.unknown().optional() });

function failure(response: Partial<HttpResponse>): UpstreamError {
  const answer = {
    who: 'x: list',
    response: { status: 200, headers: {}, text: '{"code":0}', ...response },
    now,
  };
  try {
    readAnswer(answer, envelope, ({ code }) => (code === '0' ? null : codeError(answer, codes, code)));
  } catch (error) {
    if (error instanceof UpstreamError) return error;
    throw error;
  }
  throw new Error('expected a failure');
}

describe('readAnswer', () => {
  it.each([
    [301, 'giveUp'],
    [400, 'refuseInput'],
    [401, 'stopAccount'],
    [403, 'stopAccount'],
    [404, 'giveUp'],
    [408, 'retry'],
    [425, 'retry'],
    [429, 'slowDown'],
    [500, 'retry'],
    [502, 'retry'],
    [503, 'retry'],
    [504, 'retry'],
  ])('answers HTTP %i without a code with %s', (status, action) => {
    for (const body of ['', '<html></html>', '{}', '{"code":0}', '{"code":5}']) {
      expect(failure({ status, text: body })).toMatchObject({ action, upstreamCode: `HTTP ${status}` });
    }
  });

  it('believes a code it knows before the HTTP status', () => {
    expect(failure({ status: 400, text: '{"code":83}' })).toMatchObject({
      action: 'stopAccount',
      upstreamCode: '83',
      message: 'x: list expected success, got code 83 (wrong signature): check credentials',
    });
  });

  it('finds the code within HTTP 200, and waits as the provider or its rule says', () => {
    expect(failure({ text: '{"code":77}' })).toMatchObject({ action: 'slowDown', retryAfterMs: 3_000 });
    expect(failure({ text: '{"code":77}', headers: { 'retry-after': '7' } }).retryAfterMs).toBe(7_000);
  });

  it('gives up on a code in no table, on a name every object has too, and keeps the body for quarantine', () => {
    for (const code of ['999', 'constructor']) {
      const text = `{"code":"${code}"}`;
      expect(failure({ text })).toMatchObject({ action: 'giveUp', upstreamCode: code, raw: text });
    }
  });

  it('asks again for what is no JSON, and gives up on JSON of another shape', () => {
    expect(failure({ text: '<html>' })).toMatchObject({ action: 'retry', upstreamCode: 'NOT_JSON' });
    expect(failure({ text: '[]' })).toMatchObject({ action: 'giveUp', upstreamCode: 'UNEXPECTED_SHAPE' });
    expect(failure({ text: '{"code":{}}' }).message).toBe(
      'x: list expected the documented answer, got code: expected text, got an object',
    );
  });
});

describe('retryAfterMs', () => {
  const wait = (headers: Record<string, string>) =>
    retryAfterMs({ who: 'x', response: { status: 429, headers, text: '' }, now });

  it('reads seconds and HTTP dates', () => {
    expect(wait({ 'retry-after': '120' })).toBe(120_000);
    expect(wait({ 'retry-after': 'Wed, 21 Jan 2026 07:00:30 GMT' })).toBe(30_000);
    expect(wait({ 'retry-after': 'Wed, 21 Jan 2026 06:00:00 GMT' })).toBe(0);
  });

  it('measures an HTTP date from the answer’s own time', () => {
    const headers = { 'retry-after': 'Wed, 21 Jan 2026 08:00:30 GMT', date: 'Wed, 21 Jan 2026 08:00:00 GMT' };
    expect(wait(headers)).toBe(30_000);
  });

  it('ignores what it cannot read', () => {
    expect(wait({})).toBeUndefined();
    expect(wait({ 'retry-after': 'soon' })).toBeUndefined();
  });
});
