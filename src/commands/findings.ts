import { parseDuration } from '../records/duration.ts';
import type { ArchiveSeen, FeedSeen } from './diagnosis.ts';
import type { Probed } from './probing.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly area: 'configuration' | 'archive' | 'credentials' | 'clock' | 'pace' | 'lateness';
  /** What it is of: a file, an account, or a feed. */
  readonly subject: string;
  /** A fault must be mended; a warning should be looked at. */
  readonly state: 'ok' | 'warning' | 'fault';
  readonly finding: string;
  /** What to do about it. */
  readonly remedy: string | null;
}

const LEAST_FREE_MB = 200;
const LITTLE_FREE_MB = 2_048;
const FAR_OFF_MS = 60_000;
const FEWEST_ROWS = 1_000;

type Said = Pick<Finding, 'state' | 'finding' | 'remedy'>;
const well = (finding: string): Said => ({ state: 'ok', finding, remedy: null });
const warning = (finding: string, remedy: string): Said => ({ state: 'warning', finding, remedy });

export function findingsOfArchive({ engine, version, layout, sizeMb, freeMb }: ArchiveSeen): Finding[] {
  const size = sizeMb === null ? 'in memory, since there is no file yet' : `${sizeMb} MB`;
  const what = `${engine} ${version.replace(/^v/, '')}, layout ${layout}, ${size}`;
  const disk = { area: 'archive', subject: 'disk' } as const;
  const findings: Finding[] = [{ area: 'archive', subject: engine, ...well(what) }];
  if (freeMb === null) return findings;
  const left = `${freeMb} MB left`;
  if (freeMb >= LITTLE_FREE_MB) return [...findings, { ...disk, ...well(left) }];
  const remedy = 'make room: on a full disk nothing more is archived';
  return [
    ...findings,
    { ...disk, state: freeMb < LEAST_FREE_MB ? 'fault' : 'warning', finding: left, remedy },
  ];
}

/** What each provider answered, and what is known of its feeds. */
export function findingsOfFeeds(probed: readonly Probed[], feeds: readonly FeedSeen[]): Finding[] {
  const findings = probed.map(({ account, kind, problem, remedy }): Finding => {
    const said: Said =
      problem === null ? well('the provider answered') : { state: 'fault', finding: problem, remedy };
    return { area: 'credentials', subject: `${account} ${kind}`, ...said };
  });
  const accounts = [...new Set(feeds.map(({ account }) => account))];
  for (const account of accounts) {
    const own = feeds.filter((feed) => feed.account === account);
    findings.push({ area: 'clock', subject: account, ...clockOf(own) });
  }
  for (const feed of feeds) findings.push({ area: 'pace', subject: nameOf(feed), ...paceOf(feed) });
  for (const feed of feeds) findings.push({ area: 'lateness', subject: nameOf(feed), ...latenessOf(feed) });
  return findings;
}

function nameOf({ account, kind }: FeedSeen): string {
  return `${account} ${kind}`;
}

/** An account has one provider, and so one clock. */
function clockOf(feeds: readonly FeedSeen[]): Said {
  const offset = feeds.find(({ clockOffset }) => clockOffset !== null)?.clockOffset ?? null;
  const lags = [...new Set(feeds.map(({ limits }) => limits.settlementLag))].join(', ');
  if (offset === null) {
    return warning(
      `unknown: no answer with a Date header. Its clock and this one may differ by as much as settlementLag (${lags})`,
      'keep this machine’s clock right (NTP); raise limits.settlementLag where the provider’s is not',
    );
  }
  const { leastMs, mostMs } = offset;
  const far = Math.max(0, leastMs, -mostMs);
  const apart = `the provider’s clock less this one lies between ${seconds(leastMs)} and ${seconds(mostMs)}`;
  if (far < FAR_OFF_MS) return well(apart);
  return warning(
    `${apart}; it is allowed for`,
    'look at this machine’s clock (NTP) first; where that is right, tell the provider',
  );
}

function seconds(ms: number): string {
  return `${ms > 0 ? '+' : ''}${(ms / 1_000).toFixed(1)} s`;
}

function paceOf({ pace: { calls, refused, allowedPerMinute } }: FeedSeen): Said {
  const bound = allowedPerMinute === null ? 'without a bound' : `of ${allowedPerMinute} allowed`;
  const made = `${calls} call${calls === 1 ? '' : 's'} in the last minute ${bound}`;
  if (refused === 0) return well(`${made}, none refused as too many`);
  return warning(
    `${made}, ${refused} of them refused as too many`,
    'something else calls under the same agent: stop it, or raise limits.minInterval',
  );
}

function latenessOf({ kind, limits, lateness }: FeedSeen): Said {
  const { settlementLag } = limits;
  const { rows, late, proposedLag } = lateness;
  if (proposedLag === null) {
    return well(
      `${rows} rows seen in time in a week, of ${FEWEST_ROWS} that it takes; you wait ${settlementLag}`,
    );
  }
  const found = `99.9 % of ${rows} rows came within ${proposedLag}; you wait ${settlementLag}`;
  const isTooShort = (parseDuration(proposedLag) ?? 0) > (parseDuration(settlementLag) ?? 0);
  if (!isTooShort)
    return well(late === 0 ? found : `${found}; ${late} came later and were found all the same`);
  return warning(
    `${found}, and ${late} came later`,
    `raise limits.${kind}.settlementLag to ${proposedLag}, or add a revisit (sync.revisits)`,
  );
}
