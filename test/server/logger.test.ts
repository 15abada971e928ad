import { describe, expect, test } from 'vitest';
import { createLogger } from '../../src/server/logger.ts';

function logged(secrets: readonly string[] = []) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', secrets, to: { write: (line) => lines.push(line) } });
  return { logger, text: () => lines.join('') };
}

describe('log redaction', () => {
  test('strikes credentials out by name, two levels down', () => {
    const { logger, text } = logged();
    logger.info({ password: 'one', account: { apiKey: 'two', credentials: { secretKey: 'three' } } }, 'told');
    expect(text()).not.toMatch(/one|two|three/);
    expect(text()).toContain('"password":"[redacted]"');
  });

  test('strikes them out by value, in messages, errors and causes', () => {
    const secret = 'canary-0123/+= "x"';
    const { logger, text } = logged([secret]);
    logger.error({ err: new Error(`with ${secret}`, { cause: new Error(secret) }) }, `and ${secret}`);
    logger.info({
      url: `https://x/?k=${encodeURIComponent(secret)}`,
      basic: Buffer.from(secret).toString('base64'),
    });
    expect(text()).not.toContain('canary');
    expect(text()).not.toContain(Buffer.from(secret).toString('base64').slice(0, 16));
    expect(text().match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(5);
  });

  test('writes one JSON object a line, with its level by name and its time', () => {
    const { logger, text } = logged();
    logger.warn({ a: 1 }, 'told');
    expect(JSON.parse(text())).toEqual({
      level: 'warn',
      time: expect.stringMatching(/Z$/),
      a: 1,
      msg: 'told',
    });
  });
});
