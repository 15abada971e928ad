import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { isEmpty } from '../../records/interval.ts';
import { type RecordKind, recordKinds } from '../../records/record.ts';
import { tableName } from '../../records/shape.ts';
import type { Commit, CommitResult } from '../archive.ts';
import {
  freshPart,
  keysToLookUp,
  type MergePlan,
  planMerge,
  type StandingRow,
  type Version,
} from '../merge.ts';
import { historyName } from '../sql/admin.ts';
import { applyVerdicts, markVanished } from '../sql/apply-verdicts.ts';
import { datedAnew } from '../sql/date-reads.ts';
import { countVerdicts, judgeReading, unlistedRows } from '../sql/judge-reading.ts';
import { addLateness } from '../sql/lateness.ts';
import { appendVersions, type Source } from './append.ts';
import { type Laying, layIntervals, type Standing, standingParts } from './intervals.ts';
import { setAside } from './quarantine.ts';
import { statementsOn, transactingOn } from './transacting.ts';
import { listOf } from './values.ts';

type Plan = MergePlan<RecordKind, bigint>;

interface Planned {
  readonly commit: Commit;
  readonly source: Source;
  readonly plan: Plan;
}

/**
 * Writes commits of different feeds inside the transaction that is open on `connection`, all with one time of
 * archiving. A feed must come once at most: two reads of one feed are to be decided one after the other.
 */
export async function writeCommits(
  connection: DuckDBConnection,
  sent: readonly Commit[],
  archivedAt: number,
): Promise<CommitResult[]> {
  const commits: Commit[] = [];
  for (const commit of sent) commits.push(await datedAnew(statementsOn(connection), commit));
  const ledger = await standingParts(connection, commits);
  const planned: Planned[] = [];
  for (const kind of recordKinds) {
    const ofKind = commits.filter((commit) => commit.kind === kind);
    if (ofKind.length > 0) planned.push(...(await mergeRows(connection, kind, ofKind, ledger, archivedAt)));
  }
  const decided = await writeIntervals(connection, planned, ledger, archivedAt);
  const results = new Map(
    planned.map(({ commit, plan }) => [commit, { ...plan.counts, ...nothingMissed, ...decided.get(commit) }]),
  );
  return commits.flatMap((commit) => results.get(commit) ?? []);
}

type Missed = Pick<CommitResult, 'vanished' | 'contradicted' | 'withdrawn' | 'restored'>;
const nothingMissed: Missed = { vanished: 0, contradicted: 0, withdrawn: 0, restored: 0 };

async function mergeRows(
  connection: DuckDBConnection,
  kind: RecordKind,
  commits: readonly Commit[],
  ledger: Standing,
  archivedAt: number,
): Promise<Planned[]> {
  const standing = await standingRows(connection, kind, commits);
  const planned: Planned[] = [];
  for (const commit of commits) {
    const { account, provider, readAt } = commit;
    const plan = planMerge(commit, standing.get(account) ?? [], ledger.get(commit) ?? []);
    planned.push({ commit, source: { account, provider, readAt, archivedAt }, plan });
  }
  await moveReplaced(connection, kind, planned);
  await revive(connection, kind, planned);
  await touch(connection, kind, planned);
  await adoptKeys(connection, kind, planned);
  const batches = planned.map(({ source, plan }) => ({ source, versions: plan.insert }));
  await appendVersions(connection, tableName[kind], kind, batches);
  await keepSuperseded(connection, kind, planned);
  return planned;
}

/** What the archive holds under the commits' keys and former keys, by account. */
export async function standingRows(
  connection: DuckDBConnection,
  kind: RecordKind,
  commits: readonly Commit[],
): Promise<Map<string, StandingRow<bigint>[]>> {
  const lookUps = commits.map((commit) => ({ account: commit.account, ...keysToLookUp(commit.rows) }));
  const found = (column: string, at: number) => `
    SELECT t.account, t.rowid, t.key, t.former_key, epoch_ms(t.counted_at)::DOUBLE,
      epoch_ms(coalesce(t.axis_at, t.counted_at))::DOUBLE, epoch_ms(t.version_at)::DOUBLE,
      epoch_ms(t.read_at)::DOUBLE, epoch_ms(t.vanished_at)::DOUBLE,
      epoch_ms(t.first_archived_at)::DOUBLE, epoch_ms(t.withdrawn_at)::DOUBLE, t.digest
    FROM ${tableName[kind]} AS t
    JOIN (SELECT unnest($${at}::VARCHAR[]) AS account, unnest($${at + 1}::VARCHAR[]) AS wanted) AS w
      ON t.account = w.account AND t.${column} = w.wanted`;
  const result = await connection.runAndReadAll(`${found('key', 1)} UNION ALL ${found('former_key', 3)}`, [
    listOf(lookUps.flatMap(({ account, keys }) => keys.map(() => account))),
    listOf(lookUps.flatMap(({ keys }) => keys)),
    listOf(lookUps.flatMap(({ account, formerKeys }) => formerKeys.map(() => account))),
    listOf(lookUps.flatMap(({ formerKeys }) => formerKeys)),
  ]);
  const byAccount = new Map<string, StandingRow<bigint>[]>();
  for (const row of result.getRows()) {
    const rows = byAccount.get(String(row[0])) ?? [];
    byAccount.set(String(row[0]), rows);
    rows.push(toStanding(row));
  }
  return byAccount;
}

function toStanding(row: readonly DuckDBValue[]): StandingRow<bigint> {
  const [, id, key, formerKey, ...known] = row;
  const [countedAt, axisAt, versionAt, readAt, vanishedAt, firstArchivedAt, withdrawnAt, digest] = known;
  return {
    id: id as bigint,
    key: key as string,
    formerKey: formerKey as string | null,
    countedAt: countedAt as number,
    axisAt: axisAt as number,
    versionAt: versionAt as number | null,
    readAt: readAt as number,
    vanishedAt: vanishedAt as number | null,
    firstArchivedAt: firstArchivedAt as number,
    withdrawnAt: withdrawnAt as number | null,
    digest: digest as bigint,
  };
}

/** Moves replaced rows to the history. */
export async function moveReplaced(
  connection: DuckDBConnection,
  kind: RecordKind,
  planned: readonly { readonly source: Source; readonly plan: Pick<Plan, 'replace'> }[],
) {
  const leaving = planned.flatMap(({ source, plan }) =>
    plan.replace.map((row) => ({ id: row.id, until: BigInt(Math.max(source.readAt, row.readAt)) })),
  );
  if (leaving.length === 0) return;
  const table = tableName[kind];
  const ids = listOf(leaving.map((row) => row.id));
  await connection.run(
    `INSERT INTO ${historyName(kind)} BY NAME
    SELECT t.*, t.read_at AS seen_from, make_timestamp(r.until * 1000) AS seen_until
    FROM ${table} AS t JOIN (SELECT unnest($1::BIGINT[]) AS id, unnest($2::BIGINT[]) AS until) AS r ON t.rowid = r.id`,
    [ids, listOf(leaving.map((row) => row.until))],
  );
  await connection.run(`DELETE FROM ${table} WHERE rowid IN (SELECT unnest($1::BIGINT[]))`, [ids]);
}

async function revive(connection: DuckDBConnection, kind: RecordKind, planned: readonly Planned[]) {
  const ids = planned.flatMap(({ plan }) => plan.revive.map((row) => row.id));
  if (ids.length === 0) return;
  await connection.run(
    `UPDATE ${tableName[kind]} SET vanished_at = NULL WHERE rowid IN (SELECT unnest($1::BIGINT[]))`,
    [listOf(ids)],
  );
}

/** Notes the later read on rows it found unchanged. */
async function touch(connection: DuckDBConnection, kind: RecordKind, planned: readonly Planned[]) {
  for (const { source, plan } of planned) {
    if (plan.touch.length === 0) continue;
    await connection.run(
      `UPDATE ${tableName[kind]} SET read_at = make_timestamp($1::BIGINT * 1000)
      WHERE rowid IN (SELECT unnest($2::BIGINT[]))`,
      [BigInt(source.readAt), listOf(plan.touch.map((row) => row.id))],
    );
  }
}

/** Writes the former keys that standing rows adopt. */
async function adoptKeys(connection: DuckDBConnection, kind: RecordKind, planned: readonly Planned[]) {
  for (const { row, formerKey } of planned.flatMap(({ plan }) => plan.adopt)) {
    await connection.run(`UPDATE ${tableName[kind]} SET former_key = $1 WHERE rowid = $2`, [
      formerKey,
      row.id,
    ]);
  }
}

/** Writes superseded versions into the history, each once. */
async function keepSuperseded(connection: DuckDBConnection, kind: RecordKind, planned: readonly Planned[]) {
  const history = historyName(kind);
  const batches: { source: Source; versions: readonly Version<RecordKind>[] }[] = [];
  for (const { source, plan } of planned) {
    if (plan.superseded.length === 0) continue;
    const known = await connection.runAndReadAll(
      `SELECT key, digest FROM ${history} WHERE account = $1 AND key IN (SELECT unnest($2::VARCHAR[]))`,
      [source.account, listOf(plan.superseded.map((version) => version.record.key))],
    );
    const kept = new Set(known.getRows().map(([key, digest]) => `${key}\n${digest}`));
    const versions = plan.superseded.filter((each) => !kept.has(`${each.record.key}\n${each.digest}`));
    batches.push({ source, versions });
  }
  await appendVersions(connection, history, kind, batches, { history: true });
}

/** Holds the commits' intervals, and decides about rows they list no longer or again. */
async function writeIntervals(
  connection: DuckDBConnection,
  planned: readonly Planned[],
  ledger: Standing,
  archivedAt: number,
): Promise<Map<Commit, Missed>> {
  const reads: { commit: Commit; laying: Laying }[] = [];
  for (const { commit, plan } of planned) {
    const quarantined = await setAside(connection, commit);
    if (commit.interval === null || isEmpty(commit.interval)) continue;
    const fresh = freshPart(commit, commit.interval, plan.seen, quarantined);
    reads.push({ commit, laying: { feed: commit, standing: ledger.get(commit) ?? [], fresh } });
  }
  const laid = await layIntervals(
    connection,
    reads.map((read) => read.laying),
  );
  const latest = new Map(reads.map(({ commit }, index) => [commit, laid[index] ?? []]));
  const missed = new Map<Commit, Missed>();
  for (const { commit, plan } of planned) {
    const on = transactingOn(connection, commit);
    await addLateness(on, commit, plan.counts.lateness);
    const reading = {
      commit,
      listed: plan.listed,
      keys: plan.seen.map(({ record }) => record.key),
      latest: latest.get(commit) ?? [],
      before: ledger.get(commit) ?? [],
    };
    const unlisted = await unlistedRows(on, reading);
    const vanished = await markVanished(on, commit, unlisted);
    const verdicts = await judgeReading(on, reading, unlisted);
    await applyVerdicts(
      on,
      commit,
      verdicts,
      new Set(plan.insert.map(({ record }) => record.key)),
      archivedAt,
    );
    missed.set(commit, { vanished, ...countVerdicts(verdicts) });
  }
  return missed;
}
