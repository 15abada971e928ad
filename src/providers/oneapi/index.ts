import type { FeedSpec, Provider } from '../provider.ts';
import { createClient } from './client.ts';
import { type Credentials, credentials, type Options, options } from './options.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** `POST /api/transaction/list`, asked by settlement time; its document states no limits. */
const bets: FeedSpec = {
  kind: 'BET',
  paging: 'pages',
  stepMs: 1,
  limits: {
    maxWindow: null,
    grid: HOUR,
    // Ours, not the document's: it states no pace, and five calls a second are courtesy.
    minInterval: 200,
    quota: null,
    retention: null,
    rowCap: null,
    settlementLag: 2 * MINUTE,
    openMaxAge: 30 * SECOND,
    confirmAfter: 600 * SECOND,
    settlesWithin: 24 * HOUR,
    timeout: 10 * SECOND,
    maxAttempts: 5,
  },
};

/** OneAPI, the transfer wallet's transactions (document "transaction API"). */
export const provider: Provider<Credentials, Options> = {
  name: 'oneapi',
  title: 'OneAPI',
  summary: 'bets, and single bets by their id; its document states no pace, 200 ms between calls are ours',
  credentials,
  options,
  mappingOptions: ['refundInWin', 'statuses'],
  needsCurrency: false,
  feeds: [bets],
  connect: createClient,
  loadSandbox: async () => (await import('./sandbox.ts')).createSandbox,
};
