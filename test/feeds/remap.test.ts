import { afterEach, describe, expect, it } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { createDuckDbArchive } from '../../src/archive/duckdb/index.ts';
import type { Feed } from '../../src/feeds/feed.ts';
import { differences, type Mapping, mappingOf } from '../../src/feeds/mapping.ts';
import { checkMappings, remapAccount } from '../../src/feeds/remap.ts';
import { providers } from '../../src/providers/registry.ts';
import { type Harness, openHarness, settledHour } from './harness.ts';

const now = Date.UTC(2026, 2, 10, 12, 25);
const hour = settledHour(now);
const signal = new AbortController().signal;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function open(names?: readonly string[]): Promise<{ house: Harness; archive: KeptArchive }> {
  const archive = await createDuckDbArchive({
    path: ':memory:',
    playerOf: (_, name) => name,
    clock: () => now,
  });
  const house = await openHarness({ now, archive, names });
  closing.push(
    () => house.close(),
    () => archive.close(),
  );
  const covered = await house.dispatcher
    .begin()
    .cover({ feeds: house.feeds, range: hour, maxWaitMs: 60_000 });
  expect(covered.coverage.gaps).toEqual([]);
  return { house, archive };
}

const mapped = (options: Mapping['options'], axes: Mapping['axes'] = {}): Mapping => ({ options, axes });
const accountOf = (feeds: readonly Feed[], mapping: Mapping) => ({
  account: feeds[0]!.account,
  feeds,
  mapping,
});
/** The same feed, whose rows are read otherwise. */
const reading = (feed: Feed, readRaw: NonNullable<Feed['connection']['readRaw']>): Feed => ({
  ...feed,
  connection: { ...feed.connection, readRaw },
});

describe('computing rows anew', () => {
  it('finds every row of every provider as it was, where nothing was changed', async () => {
    const { house, archive } = await open();
    for (const feed of house.feeds) {
      const { rows, changed } = await remapAccount(archive, accountOf([feed], mapped({})), { signal });
      expect([feed.account.id, changed]).toEqual([feed.account.id, 0]);
      if (feed.connection.readRaw !== undefined) expect(rows).toBeGreaterThan(0);
    }
  });

  it('reads every row that counts, replaces what is another, and goes on where it was stopped', async () => {
    const { house, archive } = await open(['oneapi']);
    const feed = house.feed('oneapi');
    const plain = feed.connection.readRaw!;
    const open1 = reading(
      feed,
      (kind, raw) => ({ ...plain(kind, raw), status: 'OPEN' }) as ReturnType<typeof plain>,
    );
    const account = accountOf([open1], mapped({ statuses: { 1: 'OPEN' } }));
    await checkMappings(archive, [accountOf([feed], mapped({ statuses: {} }))]);
    await expect(checkMappings(archive, [account])).rejects.toThrow(
      /statuses was \{\} when its rows were archived, and is \{"1":"OPEN"\} now: set it back, or .* remap oneapi-main/,
    );

    const query = {
      kind: 'BET',
      accounts: ['oneapi-main'],
      range: null,
      axis: 'SETTLED',
      players: null,
    } as const;
    const count = await archive.count({ ...query, where: null });
    const stop = new AbortController();
    const stopped = remapAccount(archive, account, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('stopped')),
    });
    if (count > 1_000) await expect(stopped).rejects.toThrow('stopped');
    else expect(await stopped).toEqual({ rows: count, changed: count });
    expect(await remapAccount(archive, account, { signal })).toMatchObject({ rows: count });
    await checkMappings(archive, [account]);
    const changes = await archive.changes({
      ...{ kinds: ['BET'], accounts: ['oneapi-main'], players: null },
      ...{ since: null, after: null, limit: 10 * count },
    });
    expect(changes.filter(({ cause }) => cause === 'CONFIGURATION')).toHaveLength(count);
    expect(changes.filter(({ cause, type }) => cause === 'PROVIDER' && type !== 'ADDED')).toEqual([]);
  });

  it('refuses the account while a remap has not come to its end, whatever its options', async () => {
    const { house, archive } = await open(['oneapi']);
    const feed = house.feed('oneapi');
    const account = accountOf([feed], mapped({ refundInWin: false }));
    await checkMappings(archive, [account]);
    const [known] = await archive.mappings();
    await archive.writeMapping({ ...known!, isUnderWay: true });
    await expect(checkMappings(archive, [account])).rejects.toThrow(
      /has not come to its end: run countroom remap/,
    );
    await remapAccount(archive, account, { signal });
    await checkMappings(archive, [account]);
  });

  it('changes nothing where rows cannot be read, or would be one with another', async () => {
    const { house, archive } = await open(['oneapi']);
    const feed = house.feed('oneapi');
    const plain = feed.connection.readRaw!;
    const faulty = reading(feed, () => ({ fault: 'betId: expected text, got nothing' }));
    const attempt = (each: Feed) => remapAccount(archive, accountOf([each], mapped({})), { signal });
    await expect(attempt(faulty)).rejects.toThrow(
      /cannot be as these options want them; nothing was changed/,
    );
    await expect(attempt(faulty)).rejects.toThrow(/: betId: expected text, got nothing/);
    const query = {
      kind: 'BET',
      accounts: ['oneapi-main'],
      range: null,
      axis: 'SETTLED',
      players: null,
    } as const;
    const page = { limit: 1, end: 'first', after: null, before: null } as const;
    const [first] = await archive.page({ ...query, ...page, where: null });
    const oneKey = reading(
      feed,
      (kind, raw) => ({ ...plain(kind, raw), key: first!.key }) as ReturnType<typeof plain>,
    );
    await expect(attempt(oneKey)).rejects.toThrow(/is another row already/);
    expect(await archive.mappings()).toEqual([]);
  });

  it('lets a feed that is asked by another time hold nothing', async () => {
    const { house, archive } = await open(['vertexplay']);
    const feed = house.feed('vertexplay');
    const before = accountOf([feed], mapped({ timeAxis: 'txTime' }, { BET: 'settledAt' }));
    const after = accountOf([feed], mapped({ timeAxis: 'betTime' }, { BET: 'placedAt' }));
    await checkMappings(archive, [before]);
    const key = { account: feed.account.id, kind: feed.kind };
    expect(await archive.ledger(key, hour)).not.toEqual([]);
    await remapAccount(archive, before, { signal });
    expect(await archive.ledger(key, hour)).not.toEqual([]);
    await remapAccount(archive, after, { signal });
    expect(await archive.ledger(key, hour)).toEqual([]);
  });
});

describe('what rows are read by', () => {
  it('is taken from the options that a provider names, each of which it has', () => {
    for (const provider of providers) {
      const names = provider.mappingOptions ?? [];
      const options = Object.fromEntries(names.map((name) => [name, undefined]));
      const schema = provider.options as unknown as { readonly shape: object };
      expect(Object.keys(schema.shape)).toEqual(expect.arrayContaining([...names]));
      const { options: kept } = mappingOf(provider, { currency: 'THB', options }, undefined);
      expect(Object.keys(kept)).toEqual([...names, ...(provider.needsCurrency ? ['currency'] : [])]);
    }
  });

  it('differs by value, and not where an option was not known then', () => {
    expect(differences(mapped({ a: 1, b: [1] }), mapped({ a: 1, b: [1], c: true }))).toEqual([]);
    expect(differences(mapped({ a: false }), mapped({ a: true }))).toEqual([
      'a was false when its rows were archived, and is true now',
    ]);
  });
});
