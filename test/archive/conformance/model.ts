import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import type { Commit, CommitResult } from '../../../src/archive/archive.ts';
import { decimal } from '../../../src/records/decimal.ts';
import type { Bet } from '../../../src/records/record.ts';
import { all, bet, firstPage, read, unchanged } from './sample.ts';
import type { Store, Subject } from './store.ts';

const END = 30;

interface Held {
  readonly row: Bet;
  readAt: number;
  formerKey: string | null;
  vanishedAt: number | null;
}

/** One feed of bets as the rules say it, in maps: what every archive must end as. */
class Model {
  readonly rows = new Map<string, Held>();
  readonly reads: number[] = Array.from({ length: END }, () => -1);

  commit({ rows, readAt, interval }: Commit<'BET'>): CommitResult {
    const listed = this.newest(rows);
    const duplicates = rows.length - listed.size;
    const result = { ...unchanged, duplicates };
    for (const { row, formerKey } of listed.values()) {
      if ([...this.rows.values()].some((held) => held.formerKey === row.key)) continue;
      const former = formerKey === null ? undefined : this.rows.get(formerKey);
      if (former !== undefined) this.rows.delete(former.row.key);
      const own = this.rows.get(row.key);
      const isWithin = interval !== null && interval.from <= row.axisAt && row.axisAt < interval.to;
      if (own !== undefined) {
        own.formerKey ??= formerKey;
        if (own.vanishedAt !== null && readAt > own.vanishedAt) own.vanishedAt = null;
        // The later read has listed it as it stands; of versions the ledger alone cannot tell that.
        if (own.row.raw === row.raw && (row.versionAt === null || !isWithin)) {
          own.readAt = Math.max(own.readAt, readAt);
        }
        if (own.row.raw === row.raw || !wins(row, readAt, own)) continue;
      }
      const before = own ?? former;
      if (before === undefined) result.inserted += 1;
      else result.changed += 1;
      if (before !== undefined && before.row.axisAt !== row.axisAt) result.moved += 1;
      const later = this.reads[row.axisAt] ?? -1;
      if (before === undefined && isWithin && later >= 0 && later < readAt) result.late += 1;
      const vanishedAt = later > readAt ? later : null;
      this.rows.set(row.key, { row, readAt, formerKey: formerKey ?? own?.formerKey ?? null, vanishedAt });
    }
    if (interval === null) return result;
    for (let at = interval.from; at < interval.to; at += 1) {
      if ((this.reads[at] ?? -1) > readAt) continue;
      this.reads[at] = readAt;
      for (const held of this.rows.values()) {
        const gone = held.row.axisAt === at && held.readAt < readAt && !listed.has(held.row.key);
        if (!gone || held.vanishedAt !== null) continue;
        held.vanishedAt = readAt;
        result.vanished += 1;
      }
    }
    return result;
  }

  private newest(rows: readonly Bet[]) {
    const listed = new Map<string, { row: Bet; formerKey: string | null }>();
    for (const row of rows) {
      const rival = listed.get(row.key);
      const formerKey = rival?.formerKey ?? null;
      const stays = rival !== undefined && (rival.row.versionAt ?? 0) > (row.versionAt ?? 0);
      listed.set(
        row.key,
        stays
          ? { ...rival, formerKey: formerKey ?? row.formerKey }
          : { row, formerKey: row.formerKey ?? formerKey },
      );
    }
    for (const { formerKey } of [...listed.values()]) if (formerKey !== null) listed.delete(formerKey);
    return listed;
  }
}

function wins(row: Bet, readAt: number, own: Held): boolean {
  const [mine, other] = [row.versionAt ?? 0, own.row.versionAt ?? 0];
  return mine === other ? readAt >= own.readAt : mine > other;
}

// Keys beginning with v have provider times; new-1 was known as old-1 before, in some of its versions.
const row = fc
  .record({
    key: fc.constantFrom('v1', 'v2', 'V2', 'é', 'n1', 'old-1', 'new-1'),
    axisAt: fc.nat(END - 1),
    version: fc.nat(3),
    content: fc.nat(2),
    renamed: fc.boolean(),
  })
  .map(({ key, axisAt, version, content, renamed }) => {
    const versionAt = key.startsWith('v') ? version : null;
    const formerKey = key === 'new-1' && renamed ? 'old-1' : null;
    const raw = JSON.stringify({ key, axisAt, versionAt, content, formerKey });
    return bet(key, axisAt, { versionAt, formerKey, raw, stake: decimal(`${content}.50`) });
  });
/** The row as its version has it: a provider's time names one content. */
function ofItsVersion(row: Bet): Bet {
  const { key, versionAt } = row;
  if (versionAt === null) return row;
  const axisAt = (7 * versionAt + key.charCodeAt(1)) % END;
  const raw = JSON.stringify({ key, axisAt, versionAt });
  return bet(key, axisAt, { versionAt, raw, stake: decimal(`${versionAt}.50`) });
}

const commits = fc.uniqueArray(
  fc.record({
    interval: fc.option(
      fc.tuple(fc.nat(END - 1), fc.integer({ min: 1, max: END })).map(([from, length]) => ({
        from,
        to: Math.min(END, from + length),
      })),
    ),
    readAt: fc.nat(1_000),
    rows: fc.array(row, { maxLength: 6 }),
  }),
  { selector: (commit) => commit.readAt, minLength: 1, maxLength: 7 },
);

export function describeModel(subject: Subject): void {
  describe(`${subject.name}: any order of reads`, () => {
    let store: Store;
    let archive: KeptArchive;
    let run = 0;
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open();
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    const stored = async (account: string) => archive.page(firstPage(all('BET', [account])));

    it('ends as the rules say, row by row and count by count', async () => {
      const property = fc.asyncProperty(commits, async (list) => {
        run += 1;
        const account = `model-${run}`;
        const model = new Model();
        for (const each of list) {
          const commit = read(account, each);
          expect(await archive.commit(commit)).toEqual(model.commit(commit));
        }
        const found = (await stored(account)).map((each) => [
          each.key,
          each.raw,
          each.stake,
          each.vanishedAt,
        ]);
        const expected = [...model.rows.values()].map((held) => [
          held.row.key,
          held.row.raw,
          held.row.stake,
          held.vanishedAt,
        ]);
        expect(found.sort()).toEqual(expected.sort());
      });
      await fc.assert(property, { numRuns: 50 });
    });

    it('ends with the same rows whichever read is kept first, alone or in one group', async () => {
      const shuffled = commits.chain((list) =>
        fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
      );
      const property = fc.asyncProperty(shuffled, async ([list, other]) => {
        run += 1;
        const [one, two] = [`order-a-${run}`, `order-b-${run}`];
        const readOf = (account: string, each: (typeof list)[number]) =>
          read(account, { ...each, rows: each.rows.map(ofItsVersion) });
        for (const each of list) await archive.commit(readOf(one, each));
        await Promise.all(other.map((each) => archive.commit(readOf(two, each))));
        const raws = async (account: string) => (await stored(account)).map((each) => each.raw).sort();
        expect(await raws(two)).toEqual(await raws(one));
      });
      await fc.assert(property, { numRuns: 15 });
    });
  });
}
