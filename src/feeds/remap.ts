import type { ArchiveAdmin } from '../archive/admin.ts';
import type { Archive, FeedKey, StoredRecord } from '../archive/archive.ts';
import { UnavailableError, UsageError } from '../errors.ts';
import type { RowQuery } from '../records/query.ts';
import type { RecordKind, RecordOf } from '../records/record.ts';
import { byKind, kindColumns } from '../records/shape.ts';
import type { ConnectedAccount } from './connect.ts';
import type { Feed } from './feed.ts';
import { differences, isMapped, readMapping, spellMapping } from './mapping.ts';

type Kept = Pick<Archive, 'page' | 'byKeys' | 'stream'> &
  Pick<ArchiveAdmin, 'mappings' | 'writeMapping' | 'remap' | 'forgetLedger' | 'ledger'>;
type Account = Pick<ConnectedAccount, 'account' | 'feeds' | 'mapping'>;

const EVER = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER };

/**
 * Notes by which options the rows of each account are read from now on. Rejects with a UsageError naming every option
 * that is another than when its rows were archived: sums of both would mean nothing.
 */
export async function checkMappings(archive: Kept, accounts: readonly Account[]): Promise<void> {
  const known = new Map((await archive.mappings()).map((each) => [each.account, each]));
  const faults: string[] = [];
  for (const each of accounts) {
    const { id } = each.account;
    if (!isMapped(each.mapping)) continue;
    const now = spellMapping(each.mapping);
    const then = known.get(id);
    if (then?.isUnderWay === true) {
      faults.push(`accounts ${id}: a remap of it has not come to its end: run countroom remap ${id}`);
      continue;
    }
    if (then?.options === now) continue;
    const changed = then === undefined ? [] : differences(readMapping(then.options), each.mapping);
    if (changed.length > 0 && (await holdsAnything(archive, each))) {
      const remedy = `set it back, or stop every gateway and run countroom remap ${id}`;
      faults.push(...changed.map((change) => `accounts ${id}: ${change}: ${remedy}`));
    } else {
      await archive.writeMapping({ account: id, options: now, isUnderWay: false });
    }
  }
  if (faults.length > 0) throw new UsageError('rows were archived with other options', faults);
}

async function holdsAnything(archive: Kept, { feeds }: Account): Promise<boolean> {
  for (const feed of feeds) {
    const query = { ...everyRow(feed), withdrawn: 'include' } as const;
    const page = { limit: 1, end: 'first', after: null, before: null } as const;
    if ((await archive.page({ ...query, ...page })).length > 0) return true;
    if ((await archive.ledger(keyOf(feed), EVER)).length > 0) return true;
  }
  return false;
}

export interface RemapOptions {
  readonly signal: AbortSignal;
  /** Told how many rows were looked at and computed anew so far. */
  readonly onProgress?: (progress: RemapResult) => void;
}

export interface RemapResult {
  readonly rows: number;
  readonly changed: number;
}

// A transaction of so many rows lets others in soon.
const ROWS_A_BATCH = 1_000;
const FAULTS_SHOWN = 3;

/**
 * Computes every row of an account that counts anew from its raw record and replaces those that are another now, a batch
 * a transaction. First it looks at all of them: where some cannot be read, or would be one with another, it rejects with an
 * UnavailableError and changes nothing. Interrupted it goes on when it is run again; until then the account is refused.
 */
export async function remapAccount(
  archive: Kept,
  account: Account,
  { signal, onProgress }: RemapOptions,
): Promise<RemapResult> {
  const { id, provider } = account.account;
  const then = (await archive.mappings()).find((each) => each.account === id);
  const options = spellMapping(account.mapping);
  await refuseWhatCannotBe(archive, account, signal);
  await archive.writeMapping({ account: id, options: then?.options ?? options, isUnderWay: true });
  let [rows, changed] = [0, 0];
  for (const feed of account.feeds) {
    for await (const batch of remapped(archive, feed, signal)) {
      for (let at = 0; at < batch.changed.length; at += ROWS_A_BATCH) {
        const part = batch.changed.slice(at, at + ROWS_A_BATCH);
        changed += await archive.remap({ account: id, provider, kind: feed.kind, rows: part });
      }
      rows += batch.rows;
      onProgress?.({ rows, changed });
    }
    const axisThen = then === undefined ? undefined : readMapping(then.options).axes[feed.kind];
    // What was read by another time holds nothing of this one.
    if (axisThen !== undefined && axisThen !== account.mapping.axes[feed.kind]) {
      await archive.forgetLedger(keyOf(feed));
    }
  }
  await archive.writeMapping({ account: id, options, isUnderWay: false });
  return { rows, changed };
}

async function refuseWhatCannotBe(archive: Kept, account: Account, signal: AbortSignal): Promise<void> {
  const faults: string[] = [];
  let count = 0;
  const add = (fault: string) => {
    count += 1;
    if (faults.length < FAULTS_SHOWN) faults.push(fault);
  };
  for (const feed of account.feeds) {
    for await (const { faults: unread, changed } of remapped(archive, feed, signal)) {
      unread.forEach(add);
      const moved = changed.filter(({ key, record }) => record.key !== key);
      const ids = moved.map(({ record }) => ({ account: feed.account.id, key: record.key }));
      const standing = new Set((await archive.byKeys(feed.kind, ids)).map(({ key }) => key));
      for (const { key, record } of moved)
        if (standing.has(record.key)) add(`${key}: ${record.key} is another row already`);
    }
  }
  if (count === 0) return;
  const { id } = account.account;
  const shown = faults.map((fault) => `\n  ${fault}`).join('');
  throw new UnavailableError(
    `${id}: ${count} rows cannot be as these options want them; nothing was changed${shown}`,
  );
}

interface RemappedBatch {
  readonly rows: number;
  readonly changed: readonly { readonly key: string; readonly record: RecordOf[RecordKind] }[];
  readonly faults: readonly string[];
}

/** The rows of a feed that count, with those of them that are another now. */
async function* remapped(archive: Kept, feed: Feed, signal: AbortSignal): AsyncGenerator<RemappedBatch> {
  const { readRaw } = feed.connection;
  if (readRaw === undefined) return;
  for await (const rows of archive.stream(everyRow(feed))) {
    signal.throwIfAborted();
    const changed: { key: string; record: RecordOf[RecordKind] }[] = [];
    const faults: string[] = [];
    for (const row of rows) {
      const record = readRaw(feed.kind, row.raw);
      if ('fault' in record) faults.push(`${row.key}: ${record.fault}`);
      else if (isAnother(feed.kind, row, record)) changed.push({ key: row.key, record });
    }
    yield { rows: rows.length, changed, faults };
  }
}

// Looked up once: a remap compares every row there is.
const comparedNames = byKind((kind) => [
  ...['key', 'providerUsername', 'axisAt', 'versionAt'],
  ...kindColumns[kind].map(({ name }) => name),
]);

function isAnother(kind: RecordKind, row: StoredRecord, record: RecordOf[RecordKind]): boolean {
  const [then, now] = [row, record] as unknown as readonly Readonly<Record<string, unknown>>[];
  return comparedNames[kind].some(
    (name) => JSON.stringify(then?.[name] ?? null) !== JSON.stringify(now?.[name] ?? null),
  );
}

function keyOf({ account, kind }: Feed): FeedKey {
  return { account: account.id, kind };
}

function everyRow({ account, kind }: Feed): RowQuery {
  return { kind, accounts: [account.id], range: null, axis: 'SETTLED', players: null, where: null };
}
