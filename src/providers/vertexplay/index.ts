import type { FeedSpec, Provider } from '../provider.ts';
import { createClient } from './client.ts';
import { credentials, options, type VertexPlayCredentials, type VertexPlayOptions } from './options.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `POST /v2/betlogs`, its notes 1 to 4. */
const bets: FeedSpec = {
  kind: 'BET',
  paging: 'whole',
  stepMs: 1,
  limits: {
    maxWindow: 10 * MINUTE,
    grid: 10 * MINUTE,
    minInterval: 3 * SECOND,
    quota: null,
    retention: 40 * DAY,
    // The document states no cap, but its sibling /v2/betlogs/offset hands rows out by 5,000: an answer of that many
    // is asked again in halves, which costs calls and never rows.
    rowCap: 5_000,
    suspectsRound: true,
    settlementLag: 2 * MINUTE,
    openMaxAge: 30 * SECOND,
    confirmAfter: 600 * SECOND,
    settlesWithin: DAY,
    timeout: 10 * SECOND,
    maxAttempts: 5,
  },
};

/** VertexPlay ("VP"), transfer wallet, documents v2.0.0. */
export const provider: Provider<VertexPlayCredentials, VertexPlayOptions> = {
  name: 'vertexplay',
  title: 'VertexPlay',
  summary: 'bets, at most 40 days back',
  credentials,
  options,
  mappingOptions: ['betIdField', 'timeAxis', 'jackpotInWin'],
  needsCurrency: false,
  feeds: [bets],
  connect(account, deps) {
    const client = createClient(account, deps);
    return {
      readPage: (_kind, ask) => client.readBets(ask),
      readRaw: (_kind, raw) => client.readRaw(raw),
      paceOf: (_kind, limits) => client.paceOf(limits),
      axisOf: () => (account.options.timeAxis === 'betTime' ? 'placedAt' : 'settledAt'),
    };
  },
  loadSandbox: async () => (await import('./sandbox.ts')).createSandbox,
};
