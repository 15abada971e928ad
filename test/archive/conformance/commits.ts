import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../../src/archive/admin.ts';
import { decimal } from '../../../src/records/decimal.ts';
import type { Interval } from '../../../src/records/interval.ts';
import { createPeriodGrid } from '../../../src/records/period.ts';
import type { TimeAxis } from '../../../src/records/query.ts';
import type { Bet } from '../../../src/records/record.ts';
import { all, bet, failure, firstPage, read, transfer, unchanged } from './sample.ts';
import type { Store, Subject } from './store.ts';

export function describeCommits(subject: Subject): void {
  describe(`${subject.name}: rows and versions`, () => {
    let store: Store;
    let archive: KeptArchive;
    let now = 5_000_000;
    beforeAll(async () => {
      store = await subject.createStore();
      archive = await store.open({ clock: () => now });
    });
    afterAll(async () => {
      await archive.close();
      await store.drop();
    });

    const rowsOf = (account: string) => archive.page(firstPage(all('BET', [account])));
    const historyOf = async (account: string, key: string) =>
      (await archive.history('BET', { account, key })).map(({ record, seenFrom, seenUntil }) => [
        record.raw,
        seenFrom,
        seenUntil,
      ]);

    it('selects and orders by the time a bet names, and misses it by the one its feed lists it by', async () => {
      const [placed, settled] = [1_000, 9_000];
      const first = bet('early', placed, { placedAt: placed, settledAt: settled });
      const second = bet('late', placed + 1, { placedAt: placed + 1, settledAt: settled - 1 });
      const interval = { from: placed, to: placed + 10 };
      await archive.commit(read('by-bet-time', { interval, rows: [first, second], readAt: 20_000 }));

      const query = { ...all('BET', ['by-bet-time']), axis: 'SETTLED' as const };
      const keysOf = async (range: Interval, axis: TimeAxis = 'SETTLED') =>
        (await archive.page(firstPage({ ...query, axis, range }))).map(({ key }) => key);
      expect(await keysOf(interval)).toEqual([]);
      expect(await keysOf(interval, 'PLACED')).toEqual(['late', 'early']);
      expect(await keysOf({ from: settled - 1, to: settled + 1 })).toEqual(['early', 'late']);
      expect(await archive.count({ ...query, range: { from: settled, to: settled + 1 } })).toBe(1);
      const [stored] = await rowsOf('by-bet-time');
      expect(stored).toMatchObject({ countedAt: settled, axisAt: placed });

      const again = await archive.commit(read('by-bet-time', { interval, rows: [second], readAt: 30_000 }));
      expect(again).toMatchObject({ vanished: 1, changed: 0, inserted: 0 });
    });

    it('keeps when the first version of a row was archived, through every later one and a new key', async () => {
      const send = async (readAt: number, row: Partial<Bet> & { readonly key: string }) => {
        await archive.commit(read('firsts', { readAt, rows: [bet(row.key, 10, row)] }));
        const rows = await rowsOf('firsts');
        return [rows.find(({ key }) => key === row.key)?.archivedAt, rows[0]?.firstArchivedAt];
      };
      const [first, ...same] = await send(1, { key: 'old', versionAt: 5 });
      expect(same).toEqual([first]);
      const [second] = await send(2, { key: 'old', versionAt: 6, raw: 'second' });
      expect(second).toBeGreaterThan(first ?? 0);
      await send(3, { key: 'old', versionAt: 4, raw: 'too late to stand' });
      const [third, kept] = await send(4, { key: 'new', formerKey: 'old', versionAt: 7 });
      expect(third).toBeGreaterThan(second ?? 0);
      expect(kept).toBe(first);
      expect(await send(5, { key: 'new', versionAt: 8, raw: 'fourth' })).toEqual([expect.any(Number), first]);
      const versions = (
        await Promise.all(['old', 'new'].map((key) => archive.history('BET', { account: 'firsts', key })))
      ).flat();
      expect(versions.map(({ record }) => [record.raw, record.firstArchivedAt])).toEqual(
        versions.map(({ record }) => [record.raw, first]),
      );
      expect(versions).toHaveLength(4);
    });

    it('gives every field of every kind back as it came', async () => {
      const sent = bet('b1', 100, {
        result: ['banker', null, '"quoted"'],
        odds: decimal('-1'),
        stake: decimal('99999999999999999999.999999999999999999'),
        validStake: decimal('0.360000'),
        netWin: decimal('-0.000000000000000001'),
        refund: decimal('0.0'),
        roundStartedAt: 1_795_219_200_123,
        versionAt: 7,
        gameType: 'ไทย 😀 \\ \' "',
        placedAt: -5,
      });
      await archive.commit(read('fields', { rows: [sent] }));
      const { formerKey: _, ...expected } = sent;
      const [stored] = await rowsOf('fields');
      expect(stored).toEqual({
        ...expected,
        account: 'fields',
        provider: 'vertexplay',
        countedAt: 100,
        archivedAt: stored?.firstArchivedAt,
        firstArchivedAt: expect.any(Number),
        vanishedAt: null,
        withdrawnAt: null,
      });

      const moved = transfer('t1', 200, { amount: decimal('-3.50'), direction: 'WITHDRAWAL' });
      const base = {
        account: 'fields',
        provider: 'hotroad',
        interval: null,
        readAt: 1,
        quarantined: [],
      } as const;
      await archive.commit({ ...base, kind: 'TRANSFER', rows: [moved] });
      const [storedTransfer] = await archive.byKeys('TRANSFER', [{ account: 'fields', key: 't1' }]);
      expect(storedTransfer).toMatchObject({ amount: '-3.50', balanceBefore: '0.10', createdAt: 200 });

      const failed = failure('s1', 300, { succeeded: true, statusCode: 200, respondedAt: 301 });
      await archive.commit({ ...base, kind: 'SEQ_NO_FAILURE', rows: [failed] });
      const [storedFailure] = await archive.byKeys('SEQ_NO_FAILURE', [{ account: 'fields', key: 's1' }]);
      expect(storedFailure).toMatchObject({
        succeeded: true,
        statusCode: 200,
        respondedAt: 301,
        event: failed.event,
      });
    });

    it('changes nothing when the same content is read again', async () => {
      const rows = [bet('b1', 100, { versionAt: 5 }), bet('b2', 101)];
      const first = await archive.commit(read('again', { rows, readAt: 10 }));
      expect(first).toEqual({ ...unchanged, inserted: 2 });
      const before = await rowsOf('again');
      now += 60_000;
      const second = await archive.commit(read('again', { rows, readAt: 20 }));
      expect(second).toEqual(unchanged);
      expect(await rowsOf('again')).toEqual(before);
      expect(await historyOf('again', 'b1')).toEqual([]);
    });

    it('has a fingerprint that changes with the rows of a query alone', async () => {
      const print = () => archive.fingerprint?.({ ...all('BET', ['print']), range: { from: 0, to: 100 } });
      const at = (axisAt: number, raw: string, readAt: number) =>
        archive.commit(read('print', { rows: [bet('b', axisAt, { raw })], readAt }));
      const prints = [await print()];
      await at(50, 'one', 10);
      prints.push(await print());
      await at(50, 'one', 20);
      expect(await print()).toBe(prints[1]);
      await at(50, 'two', 30);
      prints.push(await print());
      await archive.commit(read('print', { rows: [bet('later', 100)] }));
      expect(await print()).toBe(prints[2]);
      await at(50, 'one', 40);
      prints.push(await print());
      expect(new Set(prints).size).toBe(prints.length);
    });

    it('has a checksum of each account’s rows of each day, which says what changed', async () => {
      const DAY = 86_400_000;
      const range = { from: 0, to: 2 * DAY };
      const grid = createPeriodGrid('DAY', 'UTC', range);
      const sums = () => archive.checksums({ ...all('BET', ['sum a', 'sum b']), range }, grid);
      const rows = (raw: string) => [bet('b1', 10, { raw }), bet('b2', 20), bet('b3', DAY + 5)];
      await archive.commit(read('sum a', { rows: rows('one'), readAt: 10 }));
      await archive.commit(read('sum b', { rows: rows('one').toReversed(), readAt: 10 }));
      const before = await sums();
      const told = before.map(({ account, period, rows: count }) => [account, period.from, period.to, count]);
      expect(told).toEqual([
        ['sum a', 0, DAY, 2],
        ['sum b', 0, DAY, 2],
        ['sum a', DAY, 2 * DAY, 1],
        ['sum b', DAY, 2 * DAY, 1],
      ]);
      expect(before[0]?.checksum).toMatch(/^[0-9a-f]{16}$/);
      expect(before[0]?.checksum).toBe(before[1]?.checksum);
      await archive.commit(read('sum a', { rows: rows('two'), readAt: 20 }));
      const after = await sums();
      expect(after.map(({ checksum }, at) => checksum === before[at]?.checksum)).toEqual([
        ...[false, true, true, true],
      ]);
    });

    it('lets the later provider time win and keeps the version it replaces', async () => {
      const at = (versionAt: number, raw: string) => [bet('b', 100, { versionAt, raw })];
      await archive.commit(read('versions', { rows: at(2, 'second'), readAt: 10 }));
      const late = await archive.commit(read('versions', { rows: at(1, 'first'), readAt: 20 }));
      expect(late).toMatchObject({ inserted: 0, changed: 0 });
      const next = await archive.commit(read('versions', { rows: at(3, 'third'), readAt: 30 }));
      expect(next).toMatchObject({ inserted: 0, changed: 1, moved: 0 });
      await archive.commit(read('versions', { rows: at(1, 'first'), readAt: 40 }));

      expect((await rowsOf('versions')).map((row) => row.raw)).toEqual(['third']);
      expect(await historyOf('versions', 'b')).toEqual([
        ['second', 10, 30],
        ['first', 20, 20],
      ]);
    });

    it.each([
      ['absent', null],
      ['equal', 9],
    ])('lets the later read win where the provider time is %s', async (name, versionAt) => {
      const at = (raw: string) => [bet('b', 100, { versionAt, raw })];
      await archive.commit(read(name, { rows: at('read at 20'), readAt: 20 }));
      await archive.commit(read(name, { rows: at('read at 10'), readAt: 10 }));
      expect((await rowsOf(name)).map((row) => row.raw)).toEqual(['read at 20']);
      await archive.commit(read(name, { rows: at('read at 30'), readAt: 30 }));
      expect((await rowsOf(name)).map((row) => row.raw)).toEqual(['read at 30']);
    });

    it('lets the later commit stand where neither provider time nor time of reading tells two apart', async () => {
      const [first, second] = ['1', '2'].map((stake) => bet('tied', 100, { stake: decimal(stake) }));
      await archive.commit(read('tied', { rows: [first!] }));
      expect(await archive.commit(read('tied', { rows: [second!] }))).toMatchObject({ changed: 1 });
      expect((await rowsOf('tied')).map(({ stake }) => stake)).toEqual(['2']);
      expect(await historyOf('tied', 'tied')).toEqual([[first!.raw, 1_000_000, 1_000_000]]);
    });

    it('counts a bet once when it comes on two pages, the newer version', async () => {
      const rows = [bet('b', 100, { versionAt: 2, raw: 'new' }), bet('b', 100, { versionAt: 1, raw: 'old' })];
      const result = await archive.commit(read('pages', { rows, readAt: 10 }));
      expect(result).toMatchObject({ inserted: 1, duplicates: 1 });
      expect((await rowsOf('pages')).map((row) => row.raw)).toEqual(['new']);
      expect(await historyOf('pages', 'b')).toEqual([['old', 10, 10]]);
    });

    it('keeps one place for a bet whose time moves it to another day', async () => {
      const day = 86_400_000;
      await archive.commit(read('moves', { rows: [bet('b', 100, { versionAt: 1 })], readAt: 10 }));
      const moved = await archive.commit(
        read('moves', { rows: [bet('b', day, { versionAt: 2 })], readAt: 20 }),
      );
      expect(moved).toMatchObject({ inserted: 0, changed: 1, moved: 1 });
      expect((await rowsOf('moves')).map((row) => row.axisAt)).toEqual([day]);
      expect(await archive.count(all('BET', ['moves']))).toBe(1);
    });

    it('keeps the same key of two accounts and of two kinds apart', async () => {
      await archive.commit(read('one', { rows: [bet('k', 100)] }));
      await archive.commit(read('two', { rows: [bet('k', 100)] }));
      const transfers = { account: 'one', provider: 'hotroad', kind: 'TRANSFER', interval: null } as const;
      await archive.commit({ ...transfers, readAt: 1, quarantined: [], rows: [transfer('k', 100)] });
      expect((await archive.page(firstPage(all('BET', ['one', 'two'])))).map((row) => row.account)).toEqual([
        'one',
        'two',
      ]);
    });

    it('replaces the row under a former key, whichever of the two comes first', async () => {
      const known = bet('bet-1', 100, { formerKey: 'transfer-1', raw: 'both keys' });
      const unknown = bet('transfer-1', 100, { raw: 'transfer alone' });
      await archive.commit(read('renamed', { rows: [unknown], readAt: 10 }));
      const renamed = await archive.commit(read('renamed', { rows: [known], readAt: 20 }));
      expect(renamed).toMatchObject({ inserted: 0, changed: 1 });
      await archive.commit(read('renamed', { rows: [unknown], readAt: 30 }));
      expect((await rowsOf('renamed')).map((row) => row.key)).toEqual(['bet-1']);
      expect(await historyOf('renamed', 'transfer-1')).toEqual([['transfer alone', 10, 20]]);

      await archive.commit(read('renamed-late', { rows: [known, unknown], readAt: 10 }));
      expect((await rowsOf('renamed-late')).map((row) => row.key)).toEqual(['bet-1']);
    });

    it('never replaces a row that has an id of its own, though others name it as their former key', async () => {
      const own = bet('x-1', 100, { formerKey: 'x-1', raw: 'an id of its own' });
      const other = bet('y-1', 200, { formerKey: 'x-1', raw: 'another of the same transfer' });
      const third = bet('z-1', 300, { formerKey: 'x-1', raw: 'a third' });
      const keys = async (account: string) => (await rowsOf(account)).map((row) => row.key).sort();
      await archive.commit(read('own-together', { rows: [own, other, third] }));
      expect(await keys('own-together')).toEqual(['x-1', 'y-1', 'z-1']);
      for (const [account, rows] of [
        ['own-first', [own, other, third]],
        ['own-last', [third, other, own]],
      ] as const) {
        for (const [index, row] of rows.entries()) {
          await archive.commit(read(account, { rows: [row], readAt: 10 * (index + 1) }));
        }
        expect(await keys(account)).toEqual(['x-1', 'y-1', 'z-1']);
        const again = await archive.commit(read(account, { rows, readAt: 100 }));
        expect(again).toMatchObject({ inserted: 0, changed: 0 });
      }
    });

    it('marks a row that a later read of its time does not list, and clears the mark when it comes back', async () => {
      const interval = { from: 0, to: 1_000 };
      const [stays, goes, outside] = [bet('stays', 10), bet('goes', 20), bet('outside', 1_000)];
      await archive.commit(read('gone', { interval, readAt: 10, rows: [stays, goes, outside] }));
      const second = await archive.commit(read('gone', { interval, readAt: 20, rows: [stays] }));
      expect(second).toMatchObject({ vanished: 1 });
      const marks = async () =>
        Object.fromEntries((await rowsOf('gone')).map((row) => [row.key, row.vanishedAt]));
      expect(await marks()).toEqual({ stays: null, goes: 20, outside: null });
      // A read that left before and comes after says nothing of what came of it.
      await archive.commit(read('gone', { interval, readAt: 15, rows: [stays, goes] }));
      expect(await marks()).toEqual({ stays: null, goes: 20, outside: null });
      await archive.commit(read('gone', { interval, readAt: 30, rows: [stays, goes] }));
      expect(await marks()).toEqual({ stays: null, goes: null, outside: null });
    });

    it('tells rows that come late: what an earlier read of their time did not list', async () => {
      const interval = { from: 0, to: 100 };
      const first = await archive.commit(read('late', { interval, readAt: 10, rows: [bet('prompt', 5)] }));
      const rows = [bet('prompt', 5), bet('tardy', 6), bet('next', 150)];
      const again = await archive.commit(read('late', { interval, readAt: 20, rows }));
      const detail = await archive.commit(read('late', { readAt: 30, rows: [bet('looked up', 7)] }));
      expect([first, again, detail].map(({ inserted, late }) => [inserted, late])).toEqual([
        [1, 0],
        [2, 1],
        [1, 0],
      ]);
    });

    it('takes no row for vanished because it moved, or because a row could not be read', async () => {
      const interval = { from: 0, to: 100 };
      const rows = [bet('moves', 10, { versionAt: 1 }), bet('unread', 20)];
      await archive.commit(read('kept', { interval, readAt: 10, rows }));
      await archive.commit(
        read('kept', {
          interval: { from: 100, to: 200 },
          readAt: 20,
          rows: [bet('moves', 150, { versionAt: 2 })],
        }),
      );
      const quarantined = [{ reason: 'stake: expected a number', raw: '{}' }];
      const result = await archive.commit(read('kept', { interval, readAt: 30, quarantined }));
      expect(result).toMatchObject({ vanished: 0 });
      expect((await rowsOf('kept')).map((row) => row.vanishedAt)).toEqual([null, null]);
    });

    it('keeps of a window that is refused one answer a reason, and counts how often it was refused', async () => {
      const [first, second] = [
        { from: 0, to: 100 },
        { from: 100, to: 200 },
      ];
      const refused = (reason: string, raw: string, readAt: number, window = first) =>
        archive.commit(read('refused', { interval: null, readAt, quarantined: [{ reason, raw, window }] }));
      await refused('code 9', '{"at":1}', 10);
      await refused('code 9', '{"at":2}', 20);
      await refused('code 8', '{"at":3}', 30);
      await refused('code 9', '{"at":4}', 40, second);
      const kept = await archive.quarantined(['refused']);
      expect(
        kept.map((row) => [row.reason, row.raw, row.firstSeenAt, row.lastSeenAt, row.timesSeen]),
      ).toEqual([
        ['code 9', '{"at":1}', 10, 20, 2],
        ['code 8', '{"at":3}', 30, 30, 1],
        ['code 9', '{"at":4}', 40, 40, 1],
      ]);
    });

    it('gives each transaction its own time of archiving, which never goes back', async () => {
      now = 9_000_000;
      await archive.commit(read('times', { rows: [bet('a', 3)] }));
      now = 8_000_000;
      await archive.commit(read('times', { rows: [bet('b', 2)] }));
      await archive.commit(read('times', { rows: [bet('c', 1)] }));
      const times = (await rowsOf('times')).map((row) => row.archivedAt);
      expect(times[0]).toBeGreaterThanOrEqual(9_000_000);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    });

    it('writes commits that come at once as if they came one after the other', async () => {
      const accounts = ['many-a', 'many-b', 'many-a', 'many-c', 'many-b', 'many-a'];
      const results = await Promise.all(
        accounts.map((account, turn) =>
          archive.commit(read(account, { readAt: turn, rows: [bet('b', 100, { raw: `turn ${turn}` })] })),
        ),
      );
      expect(results.map((result) => [result.inserted, result.changed])).toEqual([
        [1, 0],
        [1, 0],
        [0, 1],
        [1, 0],
        [0, 1],
        [0, 1],
      ]);
      const rows = await archive.page(firstPage(all('BET', ['many-a', 'many-b', 'many-c'])));
      expect(rows.map((row) => row.raw)).toEqual(['turn 5', 'turn 4', 'turn 3']);
    });

    it('keeps the order of commits however long they are', async () => {
      const many = Array.from({ length: 3_500 }, (_, index) =>
        bet(`k${index}`, index, { raw: `long ${index}` }),
      );
      const results = await Promise.all([
        archive.commit(read('long', { readAt: 1, rows: many, interval: { from: 0, to: 10_000 } })),
        archive.commit(read('long', { readAt: 2, rows: [bet('k7', 7, { raw: 'short' })] })),
      ]);
      expect(results).toMatchObject([{ inserted: 3_500 }, { inserted: 0, changed: 1 }]);
      expect(await archive.count(all('BET', ['long']))).toBe(3_500);
      let streamed = 0;
      for await (const batch of archive.stream(all('BET', ['long']))) streamed += batch.length;
      expect(streamed).toBe(3_500);
    });

    it('still has everything after it was closed and opened again', async () => {
      const durable = await subject.createStore({ durable: true });
      const first = await durable.open();
      await first.commit(read('a', { interval: { from: 0, to: 10 }, rows: [bet('b', 5)], readAt: 50 }));
      const before = await first.page(firstPage(all('BET', ['a'])));
      await first.close();
      const second = await durable.open();
      expect(await second.page(firstPage(all('BET', ['a'])))).toEqual(before);
      expect(await second.ledger({ account: 'a', kind: 'BET' }, { from: 0, to: 10 })).toHaveLength(1);
      await second.close();
      await expect(second.count(all('BET', ['a']))).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
      await durable.drop();
    });
  });
}
