import type { Config } from '../config/config.ts';
import type { FeedCoverage } from '../records/coverage.ts';
import { spellDuration } from '../records/duration.ts';
import { type Interval, lengthOf } from '../records/interval.ts';
import { missingOf, readCoverage } from './feed-coverage.ts';
import { openGateway } from './gateway.ts';
import { columnsOf, type Io } from './io.ts';
import { printTable } from './table.ts';

export interface CoverageAsk {
  readonly config: Config;
  readonly range: Interval;
  readonly account: string | undefined;
  readonly json: boolean;
  readonly io: Io;
}

/** Prints how much of a range each feed holds; asks no provider. */
export async function coverage({ config, range, account, json, io }: CoverageAsk): Promise<number> {
  const gateway = await openGateway(config, io);
  try {
    const rows = (await readCoverage(gateway, range, account)).map((feed) => summaryOf(feed, range));
    io.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : tableOf(rows, columnsOf(io)));
    return 0;
  } finally {
    await gateway.close();
  }
}

/** One feed in a range; times of it in milliseconds. */
interface Summary {
  readonly account: string;
  readonly kind: string;
  readonly complete: boolean;
  readonly asked: number;
  readonly held: number;
  /** From the range's start on. */
  readonly final: number;
  /** What asking may still bring. */
  readonly missing: number;
  /** What the provider does not keep any more. */
  readonly lost: number;
  readonly quarantined: number;
  readonly finalUntil: string | null;
}

function summaryOf({ account, kind, coverage, held, finalUntil }: FeedCoverage, range: Interval): Summary {
  const lost = coverage.gaps.filter(({ reason }) => reason === 'BEYOND_RETENTION');
  return {
    account,
    kind,
    complete: coverage.complete,
    asked: range.to - range.from,
    held: lengthOf(held),
    final: finalUntil === null ? 0 : finalUntil - range.from,
    missing: lengthOf(missingOf(coverage.gaps)),
    lost: lengthOf(lost),
    quarantined: coverage.quarantined,
    finalUntil: finalUntil === null ? null : new Date(finalUntil).toISOString(),
  };
}

function tableOf(rows: readonly Summary[], columns: number): string {
  const head = ['account', 'kind', 'held', 'final', 'missing', 'lost to retention', 'quarantined'];
  return printTable(
    head,
    rows.map((row) => [
      row.account,
      row.kind,
      share(row.held, row.asked),
      share(row.final, row.asked),
      row.missing === 0 ? '–' : spellDuration(row.missing),
      row.lost === 0 ? '–' : spellDuration(row.lost),
      row.quarantined === 0 ? '–' : String(row.quarantined),
    ]),
    columns,
  );
}

/** Never 100 % unless it is all of it. */
function share(part: number, whole: number): string {
  return `${Math.floor((part / whole) * 1000) / 10} %`;
}
