// A reservation that was neither used nor given back counts as used this long after its time, and is then passed on.
export const GRACE_MS = 2_000;
// The background lane reserves no sooner before its slot than this, so that an interactive call may still go first.
export const LEAD_MS = 150;
// Who waits says so again at least three times in this.
export const WAITING_MS = 3_000;
// After so long without a refusal the guard is halved again.
const CALM_S = 600;

const ms = (expression: string) => `(${expression}) * interval '1 millisecond'`;
const calm = `floor(extract(epoch FROM clock_timestamp() - s.refused_at) / ${CALM_S})::bigint`;
const refusals = `greatest(0, s.refusals - coalesce(greatest(0, ${calm}), 0))::int`;
const step = ms(`($4::float8[])[least(${refusals} + 1, cardinality($4::float8[]))]`);
// The holder is silent: it may have called as late as it could.
const next = `CASE WHEN s.holder <> $2 THEN greatest(s.next_at, s.holder_at + ${ms(`${GRACE_MS}`)} + ${step}) ELSE s.next_at END`;

/**
 * Says that a process waits and takes the next slot where it is its turn: nobody holds one, and nobody waits in a more
 * urgent lane or longer. $1 key, $2 process, $3 lane (0 goes first), $4 intervals by refusals, $5 calls of the quota,
 * $6 its period.
 */
export const reserveSql = `
WITH now AS MATERIALIZED (SELECT clock_timestamp() AS at),
quota AS MATERIALIZED (SELECT coalesce((
  SELECT at + ${ms('$6::float8')} FROM pace_starts WHERE key = $1 ORDER BY at DESC OFFSET $5::bigint - 1 LIMIT 1), '-infinity') AS at),
me AS (
  INSERT INTO pace_waiters AS w (key, owner, lane, since, until)
  SELECT $1, $2, $3::smallint, now.at, now.at + ${ms(`${WAITING_MS}`)} FROM now
  ON CONFLICT (key, owner) DO UPDATE
  SET since = CASE WHEN w.lane = excluded.lane AND w.until > excluded.since THEN w.since ELSE excluded.since END,
    lane = excluded.lane, until = excluded.until
  RETURNING lane, since),
taken AS (
  UPDATE pace_slots AS s SET holder = $2, holder_at = greatest(now.at, quota.at, ${next})
  FROM now, quota, me
  WHERE s.key = $1
    AND (s.holder IS NULL OR s.holder = $2 OR s.holder_at + ${ms(`${GRACE_MS}`)} < now.at)
    AND (me.lane = 0 OR greatest(quota.at, ${next}) <= now.at + ${ms(`${LEAD_MS}`)})
    AND NOT EXISTS (
      SELECT 1 FROM pace_waiters AS o WHERE o.key = $1 AND o.owner <> $2 AND o.until > now.at
        AND (o.lane, o.since, o.owner) < (me.lane, me.since, $2))
  RETURNING s.holder_at)
SELECT (SELECT extract(epoch FROM holder_at - clock_timestamp()) * 1000 FROM taken)::float8 AS wait,
  (SELECT extract(epoch FROM CASE WHEN s.holder <> $2 THEN s.holder_at
    ELSE greatest(now.at, quota.at, s.next_at) - ${ms(`${LEAD_MS}`)} END - now.at) * 1000
  FROM pace_slots AS s, now, quota WHERE s.key = $1)::float8 AS again`;

/** Keeps a call written $3 milliseconds ago: the next interval runs from then. The others as before, news in $7 and $8. */
export const writtenSql = `
WITH at AS MATERIALIZED (SELECT clock_timestamp() - ${ms('$3::float8')} AS at),
served AS (DELETE FROM pace_waiters WHERE key = $1 AND owner = $2),
started AS (INSERT INTO pace_starts (key, at) SELECT $1, at FROM at WHERE $5::bigint IS NOT NULL),
forgotten AS (DELETE FROM pace_starts WHERE key = $1 AND at < clock_timestamp() - ${ms('2 * $6::float8')}),
moved AS (
  UPDATE pace_slots AS s SET next_at = greatest(s.next_at, at.at + ${step}), holder = nullif(s.holder, $2),
    holder_at = CASE WHEN s.holder <> $2 THEN s.holder_at END
  FROM at WHERE s.key = $1)
SELECT pg_notify($7, $8)`;

/**
 * Has slots count as used now whose holders are gone, and forgets that they wait: $1 names them. Gives the keys, each with
 * one of the names.
 */
export const passOnSql = `
WITH moved AS (
  UPDATE pace_slots SET holder_at = least(holder_at, clock_timestamp() - ${ms(`${GRACE_MS}`)})
  WHERE holder = ANY($1) AND holder_at > clock_timestamp() - ${ms(`${GRACE_MS}`)}
  RETURNING key, holder AS name),
left_off AS (DELETE FROM pace_waiters WHERE owner = ANY($1) RETURNING key, owner AS name)
SELECT key, min(name) AS name FROM (SELECT * FROM moved UNION ALL SELECT * FROM left_off) AS each GROUP BY key`;

/** Gives a slot back, and the wait for one. $1 key, $2 process, news in $3 and $4. */
export const leaveSql = `
WITH left_off AS (DELETE FROM pace_waiters WHERE key = $1 AND owner = $2),
freed AS (UPDATE pace_slots SET holder = NULL, holder_at = NULL WHERE key = $1 AND holder = $2)
SELECT pg_notify($3, $4)`;

/**
 * Puts the next start off by $2 milliseconds at least and widens the guard. $1 key, $3 how many refusals count at most,
 * news in $4 and $5.
 */
export const slowDownSql = `
WITH moved AS (
  UPDATE pace_slots AS s SET next_at = greatest(s.next_at, clock_timestamp() + ${ms('$2::float8')}),
    refusals = least(${refusals} + 1, $3::int), refused_at = clock_timestamp()
  WHERE s.key = $1)
SELECT pg_notify($4, $5)`;
