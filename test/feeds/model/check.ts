import { expect } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { StoredRecord } from '../../../src/archive/archive.ts';
import { timingOf } from '../../../src/feeds/dispatch.ts';
import { type FeedCoverage, timeOf } from '../../../src/records/coverage.ts';
import { joinAtEdges } from '../../../src/records/edges.ts';
import { all, firstPage } from '../../archive/conformance/sample.ts';
import { REVISITS, type ScriptedProvider } from './provider.ts';
import { textOf } from './truth.ts';

const EVER = { from: 0, to: Number.MAX_SAFE_INTEGER };
const versionOf = (row: { readonly raw: string }) => (JSON.parse(row.raw) as { version: number }).version;

/** Looks at an archive after every step of a model run, and remembers what it has shown. */
export function createChecks(provider: ScriptedProvider, archiveOf: () => KeptArchive) {
  const { id } = provider.feed.account;
  const shown = new Map<string, Set<number>>();

  const rowsOf = () => archiveOf().page(firstPage(all('BET', [id]), 10_000));
  const ledgerOf = () => archiveOf().ledger({ account: id, kind: 'BET' }, EVER);

  async function expectKept(rows: readonly StoredRecord<'BET'>[]): Promise<void> {
    const standing = new Map(rows.map((row) => [row.key, row]));
    expect(standing.size, 'no row twice').toBe(rows.length);
    for (const row of rows) {
      const versions = shown.get(row.key) ?? new Set();
      shown.set(row.key, versions.add(versionOf(row)));
    }
    for (const [key, versions] of shown) {
      const row = standing.get(key);
      if (row === undefined) throw new Error(`${key}: expected it to be kept, got no row`);
      if (versions.size === 1) continue;
      const replaced = await archiveOf().history('BET', { account: id, key });
      const known = new Set([versionOf(row), ...replaced.map(({ record }) => versionOf(record))]);
      expect(
        [...versions].filter((version) => !known.has(version)),
        `versions lost of ${key}`,
      ).toEqual([]);
    }
  }

  /** Whatever is held shows what the provider had there when it was read. */
  async function expectNeverAhead(): Promise<void> {
    // Before the rows: what is held now is not to be held against rows that come after.
    const ledger = await ledgerOf();
    const rows = await rowsOf();
    const standing = new Map(rows.map((row) => [row.key, versionOf(row)]));
    for (const part of ledger) {
      const leftAt = provider.timeOf(part.readAt);
      expect(timeOf(part), 'no read is later than it was').toBeLessThanOrEqual(leftAt);
      expect(part.to, 'nothing is held that the provider could not know').toBeLessThanOrEqual(timeOf(part));
      for (const row of provider.truth.asOf(leftAt)) {
        if (row.at < part.from || row.at >= part.to) continue;
        expect(standing.get(row.key) ?? -1, `${row.key} as held`).toBeGreaterThanOrEqual(row.version);
      }
    }
    await expectKept(rows);
  }

  return {
    expectNeverAhead,
    /** Nothing is said to be held that rows may still come to, by the provider's own clock. */
    expectOpenIsSaid(covered: FeedCoverage | undefined): void {
      const held = covered?.held.at(-1)?.to ?? Number.NEGATIVE_INFINITY;
      expect(held, 'held').toBeLessThanOrEqual(provider.now() - provider.feed.limits.settlementLag);
      const { openFrom = null } = covered?.coverage ?? {};
      if (openFrom !== null) expect(openFrom).toBeGreaterThanOrEqual(held);
    },
    /** Whether every instant since `since` was read after its last revisit. */
    async isFinal(since: number, until: number): Promise<boolean> {
      const last = Math.max(...REVISITS);
      let reached = since;
      for (const part of joinAtEdges(await ledgerOf(), timingOf(provider.feed).edge)) {
        if (part.from > reached || part.to <= reached) continue;
        if (timeOf(part) < Math.min(part.to, until) + last) return false;
        reached = part.to;
      }
      return reached >= until;
    },
    /** The archive is the provider's truth: what is gone there is marked, everything else as it is there. */
    async expectTruth(): Promise<void> {
      const rows = await rowsOf();
      const truth = provider.truth.asOf(provider.now());
      const listed = rows.filter((row) => row.vanishedAt === null).map((row) => row.raw);
      expect(listed.sort()).toEqual(truth.map(textOf).sort());
      const counted = await archiveOf().totals({
        ...all('BET', [id]),
        groupBy: [],
        periods: null,
        countPlayers: false,
        countRounds: false,
      });
      expect(counted.reduce((total, row) => total + row.count, 0)).toBe(rows.length);
    },
  };
}
