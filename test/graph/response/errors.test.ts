import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ArchiveError, UpstreamError, UsageError } from '../../../src/errors.ts';
import { createFormatError } from '../../../src/graph/response/errors.ts';
import { createUntouchedArchive, run } from '../harness.ts';

const BETS = '{ bets(filter: { range: { from: "2026-11-01", to: "2026-11-02" } }) { nodes { id } } }';
const failing = (error: Error) => ({
  ...createUntouchedArchive(),
  page: () => Promise.reject(error),
});

describe('errors at the graph’s edge', () => {
  it.each([
    [new ArchiveError('archive ./a.duckdb: held by process 7'), 'ARCHIVE_UNAVAILABLE'],
    [new UpstreamError('vp-main: betlogs expected code 0, got 5', { action: 'giveUp' }), 'UPSTREAM'],
  ])('keep message and code: %s', async (error, code) => {
    const { errors, unknown } = await run({ archive: failing(error) }, BETS);
    expect(errors).toEqual([{ message: error.message, code }]);
    expect(unknown).toEqual([]);
  });

  it.each([new TypeError('secret s3cr3t of undefined'), new UsageError('countroom.yaml: apiKey s3cr3t')])(
    'are masked and handed on whole where they are not for clients: %s',
    async (error) => {
      const { errors, unknown } = await run({ archive: failing(error) }, BETS);
      expect(errors).toEqual([{ message: 'Internal server error', code: 'INTERNAL_SERVER_ERROR' }]);
      expect(unknown).toEqual([error]);
    },
  );

  it('keep what the protocol says of a document, without a stack', () => {
    const format = createFormatError(() => expect.unreachable());
    const error = new GraphQLError('Cannot query field "x"', {
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED', stacktrace: ['at secret.ts'] },
    });
    expect(format(error.toJSON(), error)).toEqual({
      message: 'Cannot query field "x"',
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });

  it('call a scalar’s refusal of a literal wrong input, though validation found it', () => {
    const format = createFormatError(() => expect.unreachable());
    const error = new GraphQLError('Duration: expected …', {
      extensions: { scalar: 'Duration', code: 'GRAPHQL_VALIDATION_FAILED' },
    });
    expect(format(error.toJSON(), error).extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});
