import { type ExecutionResult, type GraphQLError, parse, validate } from 'graphql';
import { expect } from 'vitest';
import type { ArchiveAdmin } from '../../src/archive/admin.ts';
import type { Archive, Commit } from '../../src/archive/archive.ts';
import type { Payer } from '../../src/feeds/call-budget.ts';
import type { CoverAsk, Dispatch } from '../../src/feeds/dispatch.ts';
import type { Account, Feed } from '../../src/feeds/feed.ts';
import type { DetailOutcome, GraphDeps, Notice, RequestContext } from '../../src/graph/context.ts';
import { createExecutor } from '../../src/graph/executor/executor.ts';
import { createFormatError } from '../../src/graph/response/errors.ts';
import { createSubgraph } from '../../src/graph/schema/subgraph.ts';
import { localViewer, type Players, type Viewer } from '../../src/graph/viewer.ts';
import type { Connection, FeedLimits } from '../../src/providers/provider.ts';
import { providers } from '../../src/providers/registry.ts';
import { axisField } from '../../src/records/axis.ts';
import type { Coverage } from '../../src/records/coverage.ts';
import { decimal } from '../../src/records/decimal.ts';
import type { Bet, RecordKind, RecordOf, SeqNoFailure, Transfer } from '../../src/records/record.ts';
import { searchedSpan } from '../../src/records/verdict.ts';
import { blank } from '../records/blank.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const NOON = Date.UTC(2026, 10, 21, 12);

export const schema = createSubgraph({ providers, exposeNode: true });
const execute = createExecutor(schema);

export const limits: FeedLimits = {
  maxWindow: 10 * MINUTE,
  grid: 10 * MINUTE,
  minInterval: 3 * SECOND,
  quota: { calls: 500, per: MINUTE },
  retention: 40 * DAY,
  rowCap: null,
  settlementLag: 2 * MINUTE,
  openMaxAge: 30 * SECOND,
  confirmAfter: 600_000,
  settlesWithin: 24 * HOUR,
  timeout: 10 * SECOND,
  maxAttempts: 5,
};

export const accounts: readonly Account[] = [
  { id: 'vp-main', provider: 'vertexplay', currency: null },
  { id: 'hrg-main', provider: 'hotroad', currency: 'CNY' },
  { id: 'one-main', provider: 'oneapi', currency: null },
  { id: 'ebet-main', provider: 'ebet', currency: null },
];

const kindsOf: Readonly<Record<string, readonly RecordKind[]>> = {
  'vp-main': ['BET'],
  'hrg-main': ['BET', 'TRANSFER'],
  'one-main': ['BET'],
  'ebet-main': ['SEQ_NO_FAILURE'],
};

// The graph never speaks to a provider: that it would is a failure of the test.
const connection: Connection = {
  readPage: () => Promise.reject(new Error('connection: expected no call')),
  paceOf: () => ({ key: 'none', minIntervalMs: 0, quota: null }),
};

export const feeds: readonly Feed[] = accounts.flatMap((account) =>
  (kindsOf[account.id] ?? []).map((kind) => ({
    account,
    kind,
    limits: { ...limits, settlesWithin: account.id === 'one-main' ? 2 * DAY : limits.settlesWithin },
    paging: 'whole' as const,
    stepMs: 1,
    axis: axisField(kind, 'SETTLED'),
    pace: { key: account.id, minIntervalMs: 3_000, quota: null },
    connection,
  })),
);

export const complete: Coverage = {
  complete: true,
  final: false,
  windowsAsked: 6,
  windowsHeld: 6,
  quarantined: 0,
  contradicted: 0,
  openFrom: null,
  gaps: [],
};

/** Players under the provider's own names. */
export const namedPlayers: Players = {
  shown: (_account, username) => username,
  shownUsername: (_account, username) => username,
  shownPlayer: (player) => player,
  operatorNames: async (shown) => shown,
  sealed: (text) => text,
  unsealed: (token) => token,
};

/** Players whose names are hidden behind their own letters, turned round. */
export const hiddenPlayers: Players = {
  shown: (_account, username) => turned(username),
  shownUsername: (_account, username) => turned(username),
  shownPlayer: turned,
  operatorNames: async (shown) => shown.map(turned),
  sealed: turned,
  unsealed: turned,
};

function turned(text: string): string {
  return [...text].reverse().join('');
}

export interface Surroundings {
  readonly archive: Archive & Partial<ArchiveAdmin>;
  readonly viewer?: Partial<Viewer>;
  readonly players?: Players;
  readonly coverage?: Coverage;
  /** Called when a field asks for coverage, before it is answered: what a filler would do. */
  readonly onCover?: (ask: CoverAsk) => Promise<void>;
  readonly readDetail?: GraphDeps['readDetail'];
  readonly clock?: () => number;
  readonly feeds?: readonly Feed[];
  readonly searchTransfers?: GraphDeps['searchTransfers'];
  /** Whose budget provider calls come from. */
  readonly payer?: Payer;
}

export interface Answer {
  /** Empty where an error reached the root. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: readonly { readonly message: string; readonly code: unknown }[];
  readonly asks: readonly CoverAsk[];
  readonly notices: readonly Notice[];
  /** Errors that were masked. */
  readonly unknown: readonly unknown[];
}

type Variables = Readonly<Record<string, unknown>>;

/** Runs one operation as a request of its own. */
export async function run(
  surroundings: Surroundings,
  source: string,
  variableValues?: Variables,
): Promise<Answer> {
  const asks: CoverAsk[] = [];
  const unknown: unknown[] = [];
  const contextValue = createContext(surroundings, asks);
  const result = await answer(source, contextValue, variableValues);
  const format = createFormatError((error) => unknown.push(error));
  const errors = (result.errors ?? []).map((error) => {
    const formatted = format(asApollo(error), error);
    return { message: formatted.message, code: formatted.extensions?.['code'] };
  });
  return { data: result.data ?? {}, errors, asks, notices: contextValue.notices, unknown };
}

async function answer(
  source: string,
  context: RequestContext,
  variables?: Variables,
): Promise<ExecutionResult> {
  const document = parse(source);
  const errors = validate(schema, document);
  return errors.length > 0 ? { errors } : execute({ document, context, variables });
}

// Apollo gives an error without a code that of an internal one before it is formatted.
function asApollo(error: GraphQLError) {
  const { message, locations, path } = error.toJSON();
  const place = { ...(locations && { locations }), ...(path && { path }) };
  return { message, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', ...error.extensions } };
}

/** Asks a kind's totals within `range`, spelled as its filter; `archive` is looked at when asked. */
export function askTotals(field: string, range: string, archive: () => Archive) {
  const totals = (args: string, fields: string, filter = '', surroundings: Partial<Surroundings> = {}) =>
    run(
      { archive: archive(), ...surroundings },
      `{ ${field}(filter: { ${range} ${filter} }, ${args}) { rows { ${fields} } coverage { complete } } }`,
    );
  async function rows(...asked: Parameters<typeof totals>): Promise<unknown> {
    const { data, errors } = await totals(...asked);
    expect(errors).toEqual([]);
    return (data[field] as { rows: unknown }).rows;
  }
  return { totals, rows };
}

/** A search that asks nobody and proves nothing. */
const searchNothing: GraphDeps['searchTransfers'] = async (_feed, asks) =>
  asks.map(({ sentAt }) => ({
    searched: searchedSpan(sentAt, null),
    proof: null,
    reads: [],
    failure: null,
    provableAt: sentAt,
    providerLatest: sentAt,
  }));

export function createContext(surroundings: Surroundings, asks: CoverAsk[] = []): RequestContext {
  const { archive, viewer, players = namedPlayers, coverage = complete, onCover, clock } = surroundings;
  const dispatch: Dispatch = {
    countLacking: async () => 0,
    async cover(ask) {
      asks.push(ask);
      await onCover?.(ask);
      const own = { coverage, held: [ask.range], finalUntil: null };
      return {
        coverage,
        feeds: ask.feeds.map(({ account, kind }) => ({ account: account.id, kind, ...own })),
      };
    },
  };
  const refuse = () => Promise.reject(new Error('quarantine: expected no call'));
  const { quarantined = refuse, setAside = refuse, acceptQuarantined = refuse } = archive;
  return {
    deps: {
      archive,
      quarantine: { quarantined, setAside, acceptQuarantined },
      providers,
      accounts,
      feeds: surroundings.feeds ?? feeds,
      clock: clock ?? (() => NOON),
      health: () => ({
        state: 'OK',
        lastSuccessAt: NOON - MINUTE,
        lastFailureAt: null,
        message: null,
        retryAt: null,
        queued: 0,
        reading: 0,
      }),
      searchTransfers: surroundings.searchTransfers ?? searchNothing,
      underWay: () => 0,
      troubles: () => [],
      probe: async () => ({ problem: null, remedy: null }),
      about: async () => ({
        engine: 'DuckDB',
        version: 'v1',
        layout: 1,
        bytes: null,
        freeBytes: null,
        rows: { BET: 0, TRANSFER: 0, SEQ_NO_FAILURE: 0 },
      }),
      steering: { pause: async () => {}, resume: async () => {} },
      reread: async () => {},
      readDetail: surroundings.readDetail ?? (async (): Promise<DetailOutcome> => 'UNSUPPORTED'),
    },
    viewer: { ...localViewer, ...viewer },
    players,
    dispatch,
    ...(surroundings.payer && { payer: surroundings.payer }),
    notices: [],
  };
}

/** An archive no test should reach: every call of it fails. */
export function createUntouchedArchive(): Archive {
  const refuse = (): never => {
    throw new Error('archive: expected no call');
  };
  return {
    commit: refuse,
    coverage: refuse,
    page: refuse,
    playerPages: refuse,
    count: refuse,
    totals: refuse,
    changes: refuse,
    countChanges: refuse,
    versions: refuse,
    doubts: refuse,
    lastListed: refuse,
    lateness: refuse,
    byKeys: refuse,
    stream: refuse,
    sorted: refuse,
    table: refuse,
    checksums: refuse,
    usernames: refuse,
    players: refuse,
    countPlayers: refuse,
    close: refuse,
  };
}

export function createBet(key: string, at: number, parts: Partial<Bet> = {}): Bet {
  return {
    ...blank('BET'),
    key,
    formerKey: null,
    providerUsername: 'ann',
    axisAt: at,
    versionAt: at,
    raw: `{"betId":"${key}"}`,
    gameCode: 'g1',
    roundId: 'r1',
    currency: 'THB',
    stake: decimal('10.000000'),
    payout: decimal('4.500000'),
    netWin: decimal('-5.500000'),
    status: 'SETTLED',
    providerStatus: '2',
    outcome: 'LOSE',
    placedAt: at - MINUTE,
    settledAt: at,
    updatedAt: at,
    ...parts,
  };
}

export function createTransfer(key: string, at: number, parts: Partial<Transfer> = {}): Transfer {
  return {
    ...blank('TRANSFER'),
    key,
    formerKey: null,
    providerUsername: 'ann',
    axisAt: at,
    versionAt: null,
    raw: `{"transactionCode":"${key}"}`,
    direction: 'WITHDRAWAL',
    currency: 'CNY',
    amount: decimal('-900.0'),
    freeCredit: decimal('-100.0'),
    createdAt: at,
    ...parts,
  };
}

export function createFailure(key: string, at: number, parts: Partial<SeqNoFailure> = {}): SeqNoFailure {
  return {
    ...blank('SEQ_NO_FAILURE'),
    key,
    formerKey: null,
    providerUsername: 'ann',
    axisAt: at,
    versionAt: null,
    raw: `{"seqNo":"${key}"}`,
    seqNo: key,
    event: 'increaseCredit',
    statusCode: 4025,
    statusMeaning: 'wrong parameters',
    succeeded: false,
    requestedAt: at,
    ...parts,
  };
}

export function createCommit<K extends RecordKind>(
  account: string,
  kind: K,
  rows: readonly RecordOf[K][],
  parts: Partial<Commit<K>> = {},
): Commit<K> {
  const provider = accounts.find(({ id }) => id === account)?.provider ?? 'vertexplay';
  return { account, provider, kind, interval: null, readAt: NOON, rows, quarantined: [], ...parts };
}

export const iso = (at: number): string => new Date(at).toISOString();
