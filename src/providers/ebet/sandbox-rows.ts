import type { Interval } from '../../records/interval.ts';
import { type Draw, drawFrom, type RowSeed, seedsIn } from '../seeded.ts';
import { formatIso, formatIsoSeconds } from '../times.ts';

const SECOND = 1_000;
const players = Array.from({ length: 8 }, (_, index) => `apitest00${index + 1}`);
const events = [
  'increaseCredit',
  'increaseCredit',
  'syncCredit',
  'registerOrLogin',
  'refundSingleWallet',
  'autoBatchRefund',
];
const statuses = [4025, 500, 401, 200, 201, 1003, 505, 4003, 200, 999];

export interface SandboxRow {
  readonly text: string;
  readonly username: string;
  readonly status: number;
}

/** The sandbox's callbacks with `from <= startRequestTime < to`, oldest first. */
export function rowsIn(interval: Interval, rowsPerMinute: number): readonly RowSeed[] {
  return seedsIn(interval, rowsPerMinute);
}

/** One callback, in the document's shape; its seed decides everything about it. */
export function rowOf(seed: RowSeed): SandboxRow {
  const own = drawFrom(seed.minute, seed.index, 1);
  // A callback is sent up to three times: its seqNo and user are then those of the row before it.
  const resent = seed.index > 0 && own.once(6);
  const callback = drawFrom(seed.minute, resent ? seed.index - 1 : seed.index, 2);
  const username = callback.pick(players);
  const seqNo = seqNoOf(callback, seed.minute, username);
  const event = callback.pick(events);
  const status = own.pick(statuses);
  const respondedAt = own.once(40) ? null : spell(seed.at + own.integer(10 * SECOND));
  const text = JSON.stringify({
    seqNo,
    username,
    event,
    startRequestTime: spell(seed.at),
    endResponseTime: respondedAt,
    status,
  });
  return { text, username, status };
}

/** Mostly 32 hex digits; increaseCredit's document also shows parts joined by bars. */
function seqNoOf(draw: Draw, minute: number, username: string): string {
  return draw.once(8)
    ? `${draw.digits(8)}|bet|${minute * 60_000 + draw.integer(60_000)}|${username}`
    : draw.hex(32);
}

/** Whole seconds without milliseconds, as older revisions of the API send them. */
function spell(at: number): string {
  return at % SECOND === 0 ? formatIsoSeconds(at) : formatIso(at);
}
