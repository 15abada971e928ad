import { describe, expect, test } from 'vitest';
import { ArchiveError, BadUserInputError } from '../../src/errors.ts';
import type { RouteFamily } from '../../src/server/deps.ts';
import { ask, post, start } from './harness.ts';

const secret = 'canary-6f1d0c';
const failing = (error: () => Error) => ({
  fails: () => {
    throw error();
  },
});

describe('error masking', () => {
  test('answers an unknown error with a request id, by which its log line is found', async () => {
    const running = await start({ resolvers: failing(() => new Error(`cannot reach ${secret}`)) });
    const answer = await post(running, 'query Broken { fails }');
    const [error] = answer.json.errors;
    expect(error.message).toBe('Internal server error');
    expect(error.extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      requestId: answer.headers['x-request-id'],
    });
    expect(answer.text).not.toContain(secret);
    expect(running.logged).toContainEqual(
      expect.objectContaining({
        msg: 'masked',
        requestId: answer.headers['x-request-id'],
        operationName: 'Broken',
        err: expect.objectContaining({ message: `cannot reach ${secret}` }),
      }),
    );
  });

  test('strikes configured secrets out of the log line, whatever form they take', async () => {
    const secrets = [secret, '-----BEGIN KEY-----\nabc/+=\n-----END KEY-----'];
    const running = await start({ secrets, resolvers: failing(() => new Error(secrets.join(' and '))) });
    await post(running, '{ fails }');
    expect(running.logText()).toContain('[redacted] and [redacted]');
    expect(running.logText()).not.toContain(secret);
    expect(running.logText()).not.toContain('BEGIN KEY');
  });

  test.each([
    [new BadUserInputError('first: expected 0 to 1000, got 1001'), 'BAD_USER_INPUT'],
    [new ArchiveError('the archive cannot be written: disk full'), 'ARCHIVE_UNAVAILABLE'],
  ])('says what it knows: %s', async (error, code) => {
    const running = await start({ resolvers: failing(() => error) });
    const answer = await post(running, '{ fails }');
    expect(answer.json.errors[0]).toMatchObject({ message: error.message, extensions: { code } });
  });

  test('never answers a stack trace, whatever NODE_ENV says', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'development';
    try {
      const running = await start({ resolvers: failing(() => new Error('inner')) });
      for (const query of ['{ fails }', '{ nothing }', '{']) {
        const { text } = await post(running, query);
        expect(text).not.toContain('stacktrace');
        expect(text).not.toMatch(/at .*\.(ts|js):\d+/);
      }
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });

  test('masks what fails outside the graph alike', async () => {
    const broken: RouteFamily = (app) => {
      app.get('/broken', { config: { access: 'query' } }, async () => {
        throw new Error(`cannot read ${secret}`);
      });
    };
    const { url, ...running } = await start({ routes: [broken] });
    const answer = await ask(`${url}/broken`);
    expect(answer.status).toBe(500);
    expect(answer.json).toEqual({
      error: {
        code: 'INTERNAL_SERVER_ERROR',
        message: 'Internal server error',
        requestId: answer.headers['x-request-id'],
      },
    });
    expect(running.logText()).toContain(String(answer.headers['x-request-id']));
  });

  test('masks what fails before an operation runs', async () => {
    const { url, ...running } = await start({
      makeContext: () => {
        throw new Error(`no context: ${secret}`);
      },
    });
    const answer = await post({ url }, '{ who }');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain(secret);
    expect(running.logText()).toContain(`no context: ${secret}`);
  });

  test('takes a request id from the caller where it can do no harm', async () => {
    const { url } = await start();
    const idFor = async (id: string) =>
      (await ask(`${url}/livez`, { headers: { 'x-request-id': id } })).headers['x-request-id'];
    expect(await idFor('trace-0123456789')).toBe('trace-0123456789');
    expect(await idFor('"}{"level":"fatal"')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('tells no field’s name to a wrong guess when suggestions are off', async () => {
    const open = await start();
    expect((await post(open, '{ whoo }')).text).toContain('Did you mean');
    const closed = await start({ settings: { suggestions: false } });
    expect((await post(closed, '{ whoo }')).text).not.toContain('Did you mean');
  });

  test('hides the schema when introspection is off, and not otherwise, whatever NODE_ENV says', async () => {
    const introspect = '{ __schema { queryType { name } } }';
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      const open = await start();
      expect((await post(open, introspect)).json.data).toEqual({
        __schema: { queryType: { name: 'Query' } },
      });
    } finally {
      process.env['NODE_ENV'] = before;
    }
    const closed = await start({ settings: { introspection: false } });
    expect((await post(closed, introspect)).status).toBe(400);
  });
});
