import { LeaseLostError } from '../../errors.ts';
import type { Verdicts } from '../../records/contradiction.ts';
import { isEmpty } from '../../records/interval.ts';
import type { RecordKind } from '../../records/record.ts';
import { tableName } from '../../records/shape.ts';
import type { Commit, CommitResult, FeedKey, Fence } from '../archive.ts';
import { keysToLookUp, type MergePlan, planMerge, type StandingRow } from '../merge.ts';
import { historyName } from '../sql/admin.ts';
import { markVanished } from '../sql/apply-verdicts.ts';
import { datedAnew } from '../sql/date-reads.ts';
import { countVerdicts, judgeReading, unlistedRows } from '../sql/judge-reading.ts';
import { addLateness } from '../sql/lateness.ts';
import type { Client } from './database.ts';
import { postgresDialect } from './dialect.ts';
import { layInterval, partsAround } from './ledger.ts';
import { setAside } from './quarantine.ts';
import { changeTiersSql, emptyTiersSql } from './roll-ups.ts';
import { stage, stagedColumns } from './staging.ts';
import { statementsOn, transactingOn } from './transacting.ts';

type Plan = MergePlan<RecordKind, string>;

const time = (index: number) => postgresDialect.parameter(index, 'time');

/** The lease of the feed itself, where windows are told apart by their start. */
export const WHOLE_FEED = Number.MIN_SAFE_INTEGER;

/** What a commit changes; its versions wait in staging for their time of archiving. */
export interface Merged {
  readonly result: CommitResult;
  /** What was decided of rows in doubt, to be carried out with the time of archiving. */
  readonly verdicts: Verdicts;
  /** The keys of rows that are written. */
  readonly written: ReadonlySet<string>;
  readonly inserted: number;
  readonly superseded: number;
}

/**
 * Merges a commit into rows and ledger inside the transaction that is open on `client`, all but the last step,
 * `unstage`. Rejects with a LeaseLostError when the commit's fence is stale.
 */
export async function mergeCommit(client: Client, sent: Commit): Promise<Merged> {
  const { kind, interval } = sent;
  await lockFeed(client, sent);
  if (sent.fence !== undefined) await checkFence(client, sent.fence);
  const commit = await datedAnew(statementsOn(client), sent);
  const parts = await partsAround(client, commit);
  const plan: Plan = planMerge(commit, await standingRows(client, commit), parts);
  const superseded = await newToHistory(client, commit, plan);
  await stage(client, kind, { insert: plan.insert, superseded });
  await moveReplaced(client, commit, plan);
  await revive(client, commit, plan);
  await touch(client, commit, plan);
  await adoptKeys(client, commit, plan);
  const quarantined = await setAside(client, commit);
  const isHeld = interval !== null && !isEmpty(interval);
  const latest = isHeld ? await layInterval(client, commit, interval, plan, quarantined) : [];
  const on = transactingOn(client, commit);
  await addLateness(on, commit, plan.counts.lateness);
  const keys = plan.seen.map(({ record }) => record.key);
  const reading = { commit, listed: plan.listed, keys, latest, before: parts };
  const unlisted = await unlistedRows(on, reading);
  const vanished = await markVanished(on, commit, unlisted);
  const verdicts = await judgeReading(on, reading, unlisted);
  return {
    result: { ...plan.counts, vanished, ...countVerdicts(verdicts) },
    verdicts,
    written: new Set(plan.insert.map(({ record }) => record.key)),
    inserted: plan.insert.length,
    superseded: superseded.length,
  };
}

/** Two processes may write one feed at once; what the one decides upon, the other must not change meanwhile. */
export async function lockFeed(client: Client, { account, kind }: FeedKey): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${kind} ${account}`]);
}

/** Locks the lease until the transaction's end: nobody can take it over between this look and the commit. */
async function checkFence(client: Client, { account, kind, from, token }: Fence): Promise<void> {
  const held = await client.query(
    'SELECT 1 FROM leases WHERE account = $1 AND kind = $2 AND window_from = $3 AND token = $4 FOR SHARE',
    [account, kind, from ?? WHOLE_FEED, token],
  );
  if (held.rowCount === 0) {
    throw new LeaseLostError(`${account}: the lease of a ${kind} window was lost, what was read is left out`);
  }
}

/** What the archive holds under the commit's keys and former keys. */
export async function standingRows(
  client: Client,
  { account, kind, rows }: Commit,
): Promise<StandingRow<string>[]> {
  const { keys, formerKeys } = keysToLookUp(rows);
  if (keys.length === 0) return [];
  const cell = (column: string) => postgresDialect.cell(column, 'time');
  const found = await client.query(
    `SELECT key, former_key, ${cell('counted_at')} AS counted_at, ${cell('coalesce(axis_at, counted_at)')} AS axis_at,
      ${cell('version_at')} AS version_at,
      ${cell('read_at')} AS read_at, ${cell('vanished_at')} AS vanished_at,
      ${cell('first_archived_at')} AS first_archived_at,
      ${cell('withdrawn_at')} AS withdrawn_at, digest
    FROM ${tableName[kind]} WHERE account = $1 AND (key = ANY($2::text[]) OR former_key = ANY($3::text[]))`,
    [account, keys, formerKeys],
  );
  return found.rows.map((row) => ({
    id: row.key,
    key: row.key,
    formerKey: row.former_key,
    countedAt: row.counted_at,
    axisAt: row.axis_at,
    versionAt: row.version_at,
    readAt: row.read_at,
    vanishedAt: row.vanished_at,
    firstArchivedAt: row.first_archived_at,
    withdrawnAt: row.withdrawn_at,
    digest: BigInt(row.digest),
  }));
}

/** The plan's superseded versions that the history does not have yet. */
async function newToHistory(
  client: Client,
  { account, kind }: Commit,
  { superseded }: Plan,
): Promise<Plan['superseded']> {
  if (superseded.length === 0) return [];
  const known = await client.query(
    `SELECT key, digest FROM ${historyName(kind)} WHERE account = $1 AND key = ANY($2::text[])`,
    [account, superseded.map(({ record }) => record.key)],
  );
  const kept = new Set(known.rows.map(({ key, digest }) => `${key}\n${digest}`));
  return superseded.filter(({ record, digest }) => !kept.has(`${record.key}\n${digest}`));
}

/** Moves replaced rows to the history, and out of the roll-ups of the time they lay in. */
export async function moveReplaced(
  client: Client,
  { account, kind, readAt }: Commit,
  plan: Pick<Plan, 'replace'>,
): Promise<void> {
  if (plan.replace.length === 0) return;
  const columns = `account, provider, archived_at, read_at, cause, ${stagedColumns(kind)}`;
  const leave = `
    WITH gone AS (DELETE FROM ${tableName[kind]} WHERE account = $1 AND key = ANY($2::text[]) RETURNING *)`;
  const keep = `
    INSERT INTO ${historyName(kind)} (${columns}, seen_from, seen_until)
    SELECT ${columns}, read_at, greatest(read_at, ${time(3)}) FROM gone`;
  const text =
    kind === 'BET'
      ? `${leave}, kept AS (${keep}), ${changeTiersSql('gone WHERE withdrawn_at IS NULL', -1)}`
      : leave + keep;
  await client.query(text, [account, plan.replace.map((row) => row.id), readAt]);
  if (kind !== 'BET') return;
  await client.query(emptyTiersSql(), [account, plan.replace.map((row) => row.countedAt)]);
}

async function revive(client: Client, { account, kind }: Commit, { revive }: Plan): Promise<void> {
  if (revive.length === 0) return;
  await client.query(
    `UPDATE ${tableName[kind]} SET vanished_at = NULL WHERE account = $1 AND key = ANY($2::text[])`,
    [account, revive.map((row) => row.id)],
  );
}

/** Notes the later read on rows it found unchanged. */
async function touch(client: Client, { account, kind, readAt }: Commit, { touch }: Plan): Promise<void> {
  if (touch.length === 0) return;
  await client.query(
    `UPDATE ${tableName[kind]} SET read_at = ${time(3)} WHERE account = $1 AND key = ANY($2::text[])`,
    [account, touch.map((row) => row.id), readAt],
  );
}

/** Writes the former keys that standing rows adopt. */
async function adoptKeys(client: Client, { account, kind }: Commit, { adopt }: Plan): Promise<void> {
  if (adopt.length === 0) return;
  await client.query(
    `UPDATE ${tableName[kind]} AS t SET former_key = c.former_key
    FROM unnest($2::text[], $3::text[]) AS c (key, former_key) WHERE t.account = $1 AND t.key = c.key`,
    [account, adopt.map(({ row }) => row.id), adopt.map(({ formerKey }) => formerKey)],
  );
}
