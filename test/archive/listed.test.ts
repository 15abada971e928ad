import { describe, expect, it } from 'vitest';
import { checksumOf } from '../../src/archive/digest.ts';
import { type Part, verdictOf } from '../../src/archive/listed.ts';

type Version = Part['versions'][number];

const version = (key: string, digest: bigint, more: Partial<Version> = {}): Version => ({
  key,
  digest,
  readAt: 10,
  stands: true,
  ...more,
});

/** A read at 20 that listed rows of these digests, and the versions that are there now. */
function read(listed: readonly bigint[], versions: Version[]): Part {
  const about = { account: 'a', kind: 'BET', from: 0, to: 10, readAt: 20 } as const;
  return { ...about, rows: listed.length, checksum: checksumOf([...listed]), versions };
}

describe('a read’s rows', () => {
  it('are proven where those that stand are what it listed, and differ where one lacks or is more', () => {
    const there = [version('k', 1n), version('l', 2n)];
    expect(verdictOf(read([1n, 2n], there), 0)).toBe('proven');
    expect(verdictOf(read([1n, 2n, 3n], there), 0)).toBe('differs');
    expect(verdictOf(read([1n], there), 0)).toBe('differs');
  });

  it('are proven without a row that only a later read listed', () => {
    expect(verdictOf(read([1n], [version('k', 1n), version('l', 2n, { readAt: 30 })]), 0)).toBe('proven');
  });

  it('are proven with or without a row that a read missed', () => {
    const there = [version('k', 1n), version('gone', 2n, { stands: false })];
    expect(verdictOf(read([1n], there), 0)).toBe('proven');
    expect(verdictOf(read([1n, 2n], there), 0)).toBe('proven');
  });

  it('are proven by whichever version of a row they listed', () => {
    const there = [version('k', 1n, { stands: false }), version('k', 2n)];
    expect(verdictOf(read([1n], there), 0)).toBe('proven');
    expect(verdictOf(read([2n], there), 0)).toBe('proven');
  });

  it('are unproven where versions they may have listed are forgotten, or too many may be', () => {
    expect(verdictOf(read([1n, 2n], [version('k', 1n)]), 21)).toBe('unproven');
    expect(verdictOf(read([1n, 2n], [version('k', 1n)]), 20)).toBe('differs');
    const many = Array.from({ length: 15 }, (_, at) => version(`k${at}`, BigInt(at), { readAt: 30 }));
    expect(verdictOf(read([1n], many), 0)).toBe('unproven');
    expect(verdictOf(read([1n], many.slice(0, 14)), 0)).toBe('proven');
  });
});
