import type { Bet } from '../../../src/records/record.ts';
import { bet } from '../../archive/conformance/sample.ts';

/** A row as the provider has it: `version` grows with every change of anything. */
export interface TrueRow {
  readonly key: string;
  readonly at: number;
  readonly version: number;
}

interface State extends TrueRow {
  readonly since: number;
  readonly gone: boolean;
}

/** What happens at the provider; `ago` and `pick` choose among what may still change. */
export type Event =
  | { readonly event: 'add'; readonly ago: number }
  | { readonly event: 'change'; readonly pick: number }
  | { readonly event: 'move'; readonly pick: number; readonly ago: number }
  | { readonly event: 'vanish'; readonly pick: number };

/**
 * A provider's rows through time: they come late, change, move and vanish, until `settlesWithin` milliseconds after
 * their time, and can be looked at as they were at any instant.
 */
export function createTruth(settlesWithin: number) {
  const states = new Map<string, State[]>();
  let versions = 0;

  function put(key: string, at: number, since: number, gone = false): void {
    versions += 1;
    states.set(key, [...(states.get(key) ?? []), { key, at, version: versions, since, gone }]);
  }

  function asOf(instant: number): TrueRow[] {
    return [...states.values()]
      .flatMap((each) => each.findLast((state) => state.since <= instant) ?? [])
      .filter((state) => !state.gone)
      .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
  }

  return {
    asOf,
    happen(event: Event, now: number): void {
      const time = (ago: number) => now - (ago % settlesWithin);
      if (event.event === 'add') {
        put(`r${states.size}`, time(event.ago), now);
        return;
      }
      const open = asOf(now).filter((row) => row.at > now - settlesWithin);
      const row = open[event.pick % open.length];
      if (row === undefined) return;
      if (event.event === 'move') put(row.key, time(event.ago), now);
      else put(row.key, row.at, now, event.event === 'vanish');
    },
  };
}
export type Truth = ReturnType<typeof createTruth>;

/** The row's text as the provider sends it. */
export function textOf({ key, at, version }: TrueRow): string {
  return JSON.stringify({ key, at, version });
}

/** The row as a record; without a time of its own for its version where the provider sends none. */
export function toBet(row: TrueRow, isVersioned: boolean): Bet {
  const { key, at, version } = row;
  return bet(key, at, {
    versionAt: isVersioned ? version : null,
    raw: textOf(row),
    providerUsername: `player ${key}`,
  });
}
