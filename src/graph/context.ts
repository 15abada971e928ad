import type { ArchiveAdmin } from '../archive/admin.ts';
import type { Archive } from '../archive/archive.ts';
import type { Payer } from '../feeds/call-budget.ts';
import type { DetailOutcome } from '../feeds/detail.ts';
import type { Dispatch } from '../feeds/dispatch.ts';
import type { Account, Feed, FeedHealth } from '../feeds/feed.ts';
import type { Probe } from '../feeds/probe.ts';
import type { Steering } from '../feeds/steering.ts';
import type { TransferSearcher } from '../feeds/transfer-search.ts';
import type { Provider } from '../providers/provider.ts';
import type { Trouble } from '../records/coverage.ts';
import type { Interval } from '../records/interval.ts';
import type { Players, Viewer } from './viewer.ts';

export type { DetailOutcome } from '../feeds/detail.ts';

/** What the graph stands on for the life of the process; wired in `app.ts`. */
export interface GraphDeps {
  readonly archive: Archive;
  /** Rows set aside unread; the same archive's. */
  readonly quarantine: Pick<ArchiveAdmin, 'quarantined' | 'setAside' | 'acceptQuarantined'>;
  /** Every provider there is, with or without an account. */
  readonly providers: readonly Pick<Provider, 'name' | 'title' | 'feeds'>[];
  readonly accounts: readonly Account[];
  readonly feeds: readonly Feed[];
  readonly clock: () => number;
  /** From when on the sync keeps feeds filled, in milliseconds. @default as far back as each provider goes */
  readonly syncSince?: number;
  readonly health: (feed: Feed) => FeedHealth;
  /** How many windows of a feed that touch a range wait for a call or are being read. */
  readonly underWay: (feed: Feed, range: Interval) => number;
  /** Why windows of a feed that touch a range were not read, held or not. */
  readonly troubles: (feed: Feed, range: Interval) => readonly Trouble[];
  /** Has a whole account asked nothing, or asked again at once; throws an ArchiveError where others cannot be told. */
  readonly steering: Steering;
  /** Reads a range of a feed again, held or not; resolves once that is done. */
  readonly reread: (feed: Feed, range: Interval) => Promise<void>;
  /** Asks a feed's provider one cheap question, in its turn; archives nothing. */
  readonly probe: (feed: Feed) => Promise<Probe>;
  /** Where rows are kept; the same archive's. */
  readonly about: ArchiveAdmin['about'];
  /** Reads one bet at its provider and archives it; says whether it was found, or why the provider was not asked. */
  readonly readDetail: (
    account: string,
    key: string,
    near: number | null,
    payer?: Payer,
  ) => Promise<DetailOutcome>;
  readonly searchTransfers: TransferSearcher['search'];
}

/** A remark beside the data, in the response's `extensions.notices`. */
export interface Notice {
  readonly code: string;
  readonly message: string;
}

/** One request's surroundings: never shared between requests. */
export interface RequestContext {
  readonly deps: GraphDeps;
  readonly viewer: Viewer;
  readonly players: Players;
  readonly dispatch: Dispatch;
  /** Whose budget the provider calls it causes come from; absent where none is kept. */
  readonly payer?: Payer;
  readonly notices: Notice[];
}
