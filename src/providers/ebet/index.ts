import type { FeedSpec, Provider } from '../provider.ts';
import { createClient } from './client.ts';
import { type Credentials, credentials, type Options, options } from './options.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** `POST getseqnorecord`; of limits its document states the quota alone. */
const failures: FeedSpec = {
  kind: 'SEQ_NO_FAILURE',
  paging: 'pages',
  stepMs: SECOND,
  limits: {
    maxWindow: null,
    grid: HOUR,
    minInterval: 0,
    quota: { calls: 500, per: MINUTE },
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

/** eBET, the records of wallet callbacks (document "getseqnorecord"). */
export const provider: Provider<Credentials, Options> = {
  name: 'ebet',
  title: 'eBET',
  summary: 'failed wallet callbacks (`seqNoFailures`)',
  credentials,
  options,
  needsCurrency: false,
  feeds: [failures],
  connect: createClient,
  loadSandbox: async () => (await import('./sandbox.ts')).createSandbox,
};
