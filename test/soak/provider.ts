import { isLosslessNumber, parse } from 'lossless-json';
import type { Sandbox } from '../../src/providers/sandbox.ts';
import { drawFrom } from '../../src/providers/seeded.ts';
import { decimal } from '../../src/records/decimal.ts';
import type { Interval } from '../../src/records/interval.ts';
import type { RecordKind } from '../../src/records/record.ts';
import { editRows } from '../../src/sandbox/row-faults.ts';

/** A row of the provider's, as far as the soak compares it. */
export interface TrueRow {
  readonly key: string;
  readonly at: number;
  /** Exact; null where the kind has none. */
  readonly amount: string | null;
  /** How long after its time the provider begins to list it, and ceases to; milliseconds. */
  readonly listedAfter: number;
  readonly voidAfter: number | null;
}

/** Which rows of a kind there are, and how to find in their text what is compared. */
interface Shape {
  readonly kind: RecordKind;
  readonly key: (fields: Fields) => string;
  readonly at: string;
  readonly amount: string | null;
  /** Whether rows come late and go: where the provider says no totals, so that a row less contradicts nothing. */
  readonly hasNews: boolean;
}

export const shapes: Readonly<Record<string, readonly Shape[]>> = {
  vertexplay: [
    {
      kind: 'BET',
      key: ({ betId, transferId }) => textOf(betId ?? transferId),
      at: 'txTime',
      amount: 'actualBetAmt',
      hasNews: true,
    },
  ],
  hotroad: [
    { kind: 'BET', key: ({ txId }) => textOf(txId), at: 'updateTime', amount: 'betAmount', hasNews: true },
    {
      kind: 'TRANSFER',
      key: ({ transactionCode }) => textOf(transactionCode),
      at: 'createDate',
      amount: 'amount',
      hasNews: false,
    },
  ],
  oneapi: [
    { kind: 'BET', key: ({ betId }) => textOf(betId), at: 'timestamp', amount: 'bet', hasNews: false },
  ],
  ebet: [
    {
      kind: 'SEQ_NO_FAILURE',
      key: ({ seqNo, event, startRequestTime }) =>
        JSON.stringify([seqNo, event, new Date(textOf(startRequestTime)).toISOString()]),
      at: 'startRequestTime',
      amount: null,
      hasNews: false,
    },
  ],
};

export interface NewsOptions {
  readonly seed: number;
  /** Rows before this are told at once and for ever. */
  readonly since: number;
  /** Longest time after which every row that will be listed is; the rest are news that revisits find. */
  readonly lagMs: number;
  readonly latestMs: number;
  /** Between two calls of one path, by a clock that never jumps. */
  readonly minIntervalMs: number;
}

/** A sandbox whose rows come late and are voided, and whose clock can jump. */
export interface MovingSandbox extends Sandbox {
  /** The rows of `[from, to)`, those that are voided or come late among them. */
  rows(kind: RecordKind, interval: Interval): readonly TrueRow[];
  /** How many calls came sooner after the one before than the provider allows. */
  tooSoon(): number;
}

/** Puts news into a sandbox’s answers. They are told by the furthest its clock ever came: a clock set back unsays nothing. */
export function moving(
  name: string,
  sandbox: Sandbox,
  clock: () => number,
  { seed, since, lagMs, latestMs, minIntervalMs }: NewsOptions,
): MovingSandbox {
  const kinds = shapes[name] ?? [];
  const calledAt = new Map<string, number>();
  let tooSoon = 0;
  let latest = clock();
  const told = () => {
    latest = Math.max(latest, clock());
    return latest;
  };

  function rowOf(shape: Shape, fields: Fields): TrueRow {
    const text = shape.key(fields);
    const time = textOf(fields[shape.at]);
    const at = /^\d+$/.test(time) ? Number(time) : Date.parse(time);
    const draw = drawFrom(
      seed,
      at,
      [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7),
    );
    const isNews = shape.hasNews && at >= since;
    const never = { listedAfter: 0, voidAfter: null };
    const sort = isNews ? draw.integer(60) : 59;
    const later = latestMs > lagMs ? lagMs + draw.integer(latestMs - lagMs) : null;
    const news =
      sort < 2
        ? { listedAfter: draw.integer(lagMs), voidAfter: null }
        : sort === 2 && later !== null
          ? { listedAfter: later, voidAfter: null }
          : sort === 3 && later !== null
            ? { listedAfter: 0, voidAfter: later }
            : never;
    return {
      key: text,
      at,
      amount: shape.amount === null ? null : plain(textOf(fields[shape.amount])),
      ...news,
    };
  }

  function isListed({ at, listedAfter, voidAfter }: TrueRow): boolean {
    const now = told();
    return now >= at + listedAfter && (voidAfter === null || now < at + voidAfter);
  }

  return {
    ...sandbox,
    handle(request) {
      const now = performance.now();
      if (now - (calledAt.get(request.path) ?? Number.NEGATIVE_INFINITY) < minIntervalMs) {
        tooSoon += 1;
        return { status: 429, body: '' };
      }
      calledAt.set(request.path, now);
      const reply = sandbox.handle(request);
      const shape = kinds.find(({ hasNews, at }) => hasNews && reply.body.includes(`"${at}"`));
      if (reply.status !== 200 || shape === undefined) return reply;
      return {
        ...reply,
        body: editRows(reply.body, (rows) => rows.filter((row) => isListed(rowOf(shape, row)))),
      };
    },
    rows(kind, interval) {
      const shape = kinds.find((each) => each.kind === kind);
      return shape === undefined
        ? []
        : sandbox.truth(kind, interval).map((text) => rowOf(shape, parse(text) as Fields));
    },
    tooSoon: () => tooSoon,
  };
}

/** An amount without the zeros at its end: providers and archives spell scales of their own. */
export function plain(text: string): string {
  const value = decimal(text);
  return value.includes('.') ? value.replace(/\.?0+$/, '') : value;
}

type Fields = Readonly<Record<string, unknown>>;

function textOf(value: unknown): string {
  return isLosslessNumber(value) ? value.value : String(value);
}
