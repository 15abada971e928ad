import type { FeedSpec, Provider } from '../provider.ts';
import { BETS, createClient, TRANSFERS } from './client.ts';
import { credentials, type HotRoadCredentials, type HotRoadOptions, options } from './options.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 3.7 Get Transactions By Update Time Interval, its restrictions 1 to 4. */
const bets: FeedSpec = {
  kind: 'BET',
  paging: 'whole',
  stepMs: 1,
  limits: {
    maxWindow: 30 * MINUTE,
    grid: 30 * MINUTE,
    minInterval: 3 * SECOND,
    quota: null,
    retention: 40 * DAY,
    rowCap: 20_000,
    settlementLag: 2 * MINUTE,
    openMaxAge: 30 * SECOND,
    confirmAfter: 600 * SECOND,
    settlesWithin: DAY,
    timeout: 10 * SECOND,
    maxAttempts: 5,
  },
};

/** 4.6 Get Transfer Operation Log, which states no limits; a call a second is courtesy. */
const transfers: FeedSpec = {
  kind: 'TRANSFER',
  paging: 'whole',
  stepMs: 1,
  limits: {
    ...bets.limits,
    maxWindow: null,
    grid: HOUR,
    minInterval: SECOND,
    retention: null,
    rowCap: null,
  },
};

/** HotRoad Gaming ("HRG"). */
export const provider: Provider<HotRoadCredentials, HotRoadOptions> = {
  name: 'hotroad',
  title: 'HotRoad Gaming',
  summary:
    'bets at most 40 days back and in the account’s currency alone, and transfers, believed to go back as far: its document states no end',
  credentials,
  options,
  needsCurrency: true,
  feeds: [bets, transfers],
  connect(account, deps) {
    const client = createClient(account, deps);
    return {
      readPage: (kind, ask) => (kind === 'TRANSFER' ? client.readTransfers(ask) : client.readBets(ask)),
      checkTransfer: client.checkTransfer,
      readRaw: client.readRaw,
      paceOf: (kind, limits) => client.paceOf(kind === 'TRANSFER' ? TRANSFERS : BETS, limits),
    };
  },
  loadSandbox: async () => (await import('./sandbox.ts')).createSandbox,
};
