import type { KeptArchive } from '../../src/archive/admin.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { Answer, Gateway, Verdict } from './gateway.ts';
import type { Sent } from './run.ts';
import { FINAL_AFTER, FRESH, HOUR, LAG, MINUTE, SECOND, type TrueRow, textOf, type World } from './world.ts';

/** What an answer may be behind, besides what was agreed on: the second of a header, and the time calls take. */
const SLACK = 10 * SECOND;

/** Holds answers and verdicts against the provider's truth, as it was then and as it became. */
export function createChecks(world: World, account: string, archiveOf: () => KeptArchive) {
  const absent: { readonly sent: Sent; readonly searched: Interval; readonly at: number }[] = [];

  /** How late a row was listed that has been there ever since, by the provider's clock; null where it is not, or was gone before. */
  const lateness = (row: TrueRow): number | null => {
    const [first, ...more] = row.listed;
    if (first === undefined || more.length > 0 || first.to !== Number.POSITIVE_INFINITY) return null;
    return world.clockAt(first.from) - row.at;
  };

  /** Whether nobody can have noticed yet that the provider's clock was set. */
  const isUnseen = (begun: number) => {
    const set = world.lastSet();
    return set !== null && world.lastDated() < set && set <= begun;
  };

  function fail(what: string, row: TrueRow, more: object): never {
    const { key, at, listed } = row;
    const spans = listed.map(({ from, to }) => [iso(from), Number.isFinite(to) ? iso(to) : 'now']);
    throw new Error(`${what}: ${JSON.stringify({ key, at: iso(at), listed: spans, ...more })}`);
  }

  return {
    /** What an answer claims of a range, begun at an instant, is so. */
    expectTold({ nodes, coverage, totalCount }: Answer, { from, to }: Interval, begun: number): void {
      const shown = new Set(nodes.map(({ transactionCode }) => transactionCode));
      if (shown.size !== nodes.length || totalCount !== nodes.length)
        throw new Error(`expected each row once, got ${nodes.length} and a count of ${totalCount}`);
      for (const code of shown)
        if (world.row(code) === null) throw new Error(`expected rows of the provider, got ${code}`);
      if (coverage.complete !== (coverage.gaps.length === 0))
        throw new Error('expected complete to mean no gaps');
      if (!coverage.complete || isUnseen(begun)) return;
      const openFrom = coverage.openFrom === null ? to : Date.parse(coverage.openFrom);
      for (const row of world.rows()) {
        if (row.at < from || row.at >= to) continue;
        const late = lateness(row);
        const since = row.listed[0]?.from ?? Number.POSITIVE_INFINITY;
        if (!shown.has(row.key)) {
          if (late === null || since >= begun) continue;
          const seen = { openFrom: iso(openFrom), begun: iso(begun), coverage };
          if (row.at < openFrom && late <= LAG) fail('complete without a row that is listed', row, seen);
          if (row.at >= openFrom && since < begun - FRESH - SLACK && !wasSetLately(begun))
            fail('complete without a row listed longer than openMaxAge', row, seen);
          if (coverage.final && late <= FINAL_AFTER) fail('final without a row', row, seen);
        } else if (coverage.final && !world.isListed(row)) {
          const goneAt = row.listed.at(-1)?.to ?? 0;
          if (world.clockAt(goneAt) < row.at + FINAL_AFTER && goneAt < begun)
            fail('final with a row that is gone', row, { coverage });
        }
      }
    },

    isArchived: async (code: string) =>
      (await archiveOf().byKeys('TRANSFER', [{ account, key: code }])).length > 0,

    /** A verdict is true of what the provider has, or lists within the time stated. */
    expectJust(
      sent: Sent,
      verdict: Verdict,
      { begun, archived }: { begun: number; archived: boolean },
    ): void {
      const row = world.row(sent.code);
      const { state, searched, reason } = verdict;
      if (state === 'ARRIVED' && row === null) throw new Error(`${sent.code}: expected not to have arrived`);
      if (state !== 'NOT_ARRIVED') return;
      const span = { from: Date.parse(searched.from), to: Date.parse(searched.to) };
      if (archived) throw new Error(`${sent.code}: NOT_ARRIVED although it is archived (${reason})`);
      if (row !== null && world.isListed(row, begun))
        fail('NOT_ARRIVED although it is listed', row, { sent, searched });
      absent.push({ sent, searched: span, at: world.now() });
    },

    /** What was called absent did not come after all: not within what was searched, and not on time. */
    expectNoneArrivedLater(): void {
      for (const { sent, searched, at } of absent) {
        const row = world.row(sent.code);
        if (row === null || row.listed[0] === undefined) continue;
        const from = row.listed[0].from;
        // When it was recorded, in true time, as near as its listing tells.
        const recordedAhead = row.at - sent.sentAt;
        const isWithin = searched.from <= row.at && row.at <= searched.to;
        const isTimely = world.clockAt(from) - row.at <= LAG;
        const seen = { sent, searched: [iso(searched.from), iso(searched.to)], judged: iso(at) };
        if (isWithin && isTimely) fail('NOT_ARRIVED, and it was recorded within searched', row, seen);
        const aheadMs = world.aheadAt(from);
        if (
          !isWithin &&
          world.wasMeasured(sent.sentAt - HOUR, at, aheadMs) &&
          recordedAhead < 10 * MINUTE + aheadMs
        )
          fail('NOT_ARRIVED, and it was recorded where the clock was known to be', row, seen);
      }
    },

    /** The archive is the provider's truth, row for row. */
    async expectTruth(gateway: Gateway, range: Interval): Promise<void> {
      const answer = await gateway.ask(range, '0s');
      if (answer === undefined) throw new Error('expected an answer, got a gateway that ended');
      const got = new Map(answer.nodes.map(({ transactionCode, raw }) => [transactionCode, raw]));
      for (const row of world.rows()) {
        const isOwed = row.at >= range.from && row.at < range.to && world.isListed(row);
        if (got.get(row.key) !== (isOwed ? textOf(row) : undefined))
          fail('at the end', row, { got: got.get(row.key) ?? null, isOwed });
      }
    },
  };

  function wasSetLately(begun: number): boolean {
    const set = world.lastSet();
    return set !== null && begun - set < 25 * MINUTE;
  }
}

const iso = (at: number) => new Date(at).toISOString();
