import { isDeepStrictEqual } from 'node:util';
import type { AccountSettings, ConnectedAccount } from './connect.ts';
import type { Feed } from './feed.ts';

/** The accounts that are asked at present. */
export interface Roster<S extends AccountSettings> {
  accounts(): readonly ConnectedAccount[];
  feeds(): readonly Feed[];
  /** Connects accounts that are new or configured otherwise; nothing changes before `adopt`. Throws a UsageError. */
  prepare(settings: readonly S[]): Preparation;
}

/** Accounts as they are to be: those whose settings stay keep their connection, sessions and outages. */
export interface Preparation {
  /** Those that are connected anew. */
  readonly fresh: readonly ConnectedAccount[];
  /** Those of all accounts as they are to be. */
  readonly feeds: readonly Feed[];
  /** Those that are asked no longer, or otherwise. */
  readonly leaving: readonly ConnectedAccount[];
  /** Puts them in force, paused where they were; those that leave are asked nothing from now on. */
  adopt(): void;
  /** Leaves all as it was. */
  drop(): Promise<void>;
}

export function createRoster<S extends AccountSettings>(
  connect: (settings: S) => ConnectedAccount,
  settings: readonly S[],
): Roster<S> {
  interface Entry {
    readonly settings: S;
    readonly connected: ConnectedAccount;
  }
  const entryOf = (each: S): Entry => ({ settings: each, connected: connect(each) });
  let entries = settings.map(entryOf);
  let accounts = entries.map(({ connected }) => connected);
  let feeds = accounts.flatMap((each) => each.feeds);

  function prepare(next: readonly S[]): Preparation {
    const found = next.map((each) => {
      const kept = entries.find((entry) => isDeepStrictEqual(entry.settings, each));
      return kept ?? entryOf(each);
    });
    const fresh = found.filter((each) => !entries.includes(each)).map(({ connected }) => connected);
    const nextAccounts = found.map(({ connected }) => connected);
    const nextFeeds = nextAccounts.flatMap((each) => each.feeds);
    const leaving = entries.filter((each) => !found.includes(each)).map(({ connected }) => connected);
    return {
      fresh,
      leaving,
      feeds: nextFeeds,
      adopt() {
        for (const each of leaving) {
          const isPaused = each.feeds.some(({ upstream }) => upstream?.paused() !== null);
          if (isPaused) fresh.find(({ account }) => account.id === each.account.id)?.pause();
          each.pause();
        }
        entries = found;
        accounts = nextAccounts;
        feeds = nextFeeds;
      },
      drop: async () => {
        await Promise.all(fresh.map(({ http }) => http.close()));
      },
    };
  }

  return { accounts: () => accounts, feeds: () => feeds, prepare };
}
