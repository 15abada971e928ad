import type { Config } from '../config/config.ts';
import { suggest } from '../config/fault.ts';
import { UsageError } from '../errors.ts';
import { parseDuration } from '../records/duration.ts';
import { parseInstant } from '../records/instant.ts';
import type { Interval } from '../records/interval.ts';
import { type RecordKind, recordKinds } from '../records/record.ts';

/**
 * A half-open range from `--from` and `--to`; dates mean their 00:00Z, and so do `today` and `yesterday`. `now` is when
 * the command started, and what times such as `-24h` go back from. Throws a UsageError.
 */
export function readRange(
  { from, to }: { readonly from: string; readonly to: string },
  now = Date.now(),
): Interval {
  const range = { from: readInstant('--from', from, now), to: readInstant('--to', to, now) };
  if (range.from >= range.to) throw new UsageError(`--to: expected a time after --from, got ${to}`);
  return range;
}

const DAY_MS = 86_400_000;

/** A time as `readRange` takes it; throws a UsageError that names the option. */
export function readInstant(name: string, text: string, now = Date.now()): number {
  const at = parseInstant(text) ?? relativeTo(now, text);
  if (at !== null) return at;
  throw new UsageError(
    `${name}: expected a date, a time such as 2026-11-01T00:00:00Z, now, today, yesterday, or back from now as -24h, got ${text}`,
  );
}

function relativeTo(now: number, text: string): number | null {
  const today = now - (now % DAY_MS);
  if (text === 'now') return now;
  if (text === 'today') return today;
  if (text === 'yesterday') return today - DAY_MS;
  const back = text.startsWith('-') ? parseDuration(text.slice(1)) : null;
  return back === null ? null : now - back;
}

/** A port from 0 to 65535; undefined where none was given. Throws a UsageError. */
export function readPort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError(`--port: expected a port from 0 to 65535, got ${text}`);
}

/** One of the configured accounts, or undefined where none was given. Throws a UsageError. */
export function readAccount(text: string | undefined, config: Config): string | undefined {
  const ids = config.accounts.map(({ id }) => id);
  if (text === undefined || ids.includes(text)) return text;
  throw new UsageError(`--account: unknown account "${text}"${suggest(text, ids)}`);
}

/** A record kind in any case, or undefined where none was given. Throws a UsageError. */
export function readKind(text: string | undefined): RecordKind | undefined {
  const kind = recordKinds.find((each) => each === text?.toUpperCase());
  if (text === undefined || kind !== undefined) return kind;
  throw new UsageError(`--kind: unknown kind "${text}"${suggest(text, recordKinds)}`);
}

/** One feed of a configured account, by `--account` and `--kind`. Throws a UsageError. */
export function readFeed(
  asked: { readonly account: string; readonly kind: string },
  config: Config,
): { readonly account: string; readonly kind: RecordKind } {
  const [account, kind] = [readAccount(asked.account, config), readKind(asked.kind)];
  const kinds = config.accounts.find(({ id }) => id === account)?.limits ?? {};
  if (account !== undefined && kind !== undefined && kinds[kind] !== undefined) return { account, kind };
  const known = Object.keys(kinds).join(' or ');
  throw new UsageError(`--kind: account ${asked.account} has no feed of ${asked.kind}, expected ${known}`);
}
