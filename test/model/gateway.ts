import { graphql } from 'graphql';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { createClaims } from '../../src/feeds/claims.ts';
import { createClockMemory } from '../../src/feeds/clock-memory.ts';
import { lookAtDoubts } from '../../src/feeds/confirmations.ts';
import { createDispatcher } from '../../src/feeds/dispatch.ts';
import { createFiller } from '../../src/feeds/filler.ts';
import { createPatience } from '../../src/feeds/patience.ts';
import { reread } from '../../src/feeds/reread.ts';
import { fillRound } from '../../src/feeds/sync.ts';
import { createTransferSearcher } from '../../src/feeds/transfer-search.ts';
import type { Interval } from '../../src/records/interval.ts';
import { createMortal, type Moment } from '../feeds/model/mortal.ts';
import { createContext, schema } from '../graph/harness.ts';
import { FINAL_AFTER, REVISITS, type World } from './world.ts';

/** What `transfers` answers. */
export interface Answer {
  readonly nodes: readonly { readonly transactionCode: string; readonly raw: string }[];
  readonly totalCount: number;
  readonly coverage: {
    readonly complete: boolean;
    readonly final: boolean;
    readonly contradicted: number;
    readonly openFrom: string | null;
    readonly gaps: readonly object[];
  };
}

/** What `transferStatus` answers. */
export interface Verdict {
  readonly state: 'ARRIVED' | 'NOT_ARRIVED' | 'NOT_YET_KNOWN';
  readonly searched: { readonly from: string; readonly to: string };
  readonly transfer: { readonly transactionCode: string } | null;
  readonly reason: string;
}

const iso = (at: number) => new Date(at).toISOString();

/** A gateway with everything between its graph and its provider, in a process that can end. */
export async function startGateway(world: World, kept: KeptArchive, since: number) {
  const mortal = createMortal(kept);
  const { archive, whileAlive } = mortal;
  const { now, monotonic } = world;
  const { feed } = world.connect();
  const onError = (_account: string, error: unknown) => {
    if (!mortal.isDead) throw error;
  };
  const clocks = createClockMemory({ feeds: [feed], archive, now, onError });
  await clocks.restore();
  const claims = archive.leases && createClaims(archive.leases);
  const filler = createFiller({ archive, claims, clocks, now, monotonic });
  const patience = createPatience();
  const dispatcher = createDispatcher({
    ...{ archive, filler, now, monotonic },
    maxRangeMs: 40 * 86_400_000,
    finalAfterMs: FINAL_AFTER,
  });
  const searcher = createTransferSearcher({ archive, filler, patience, now, monotonic });

  async function run<T>(source: string, variableValues: Readonly<Record<string, unknown>>): Promise<T> {
    const context = createContext({ archive, clock: now, feeds: [feed], searchTransfers: searcher.search });
    const contextValue = {
      ...context,
      deps: { ...context.deps, accounts: [feed.account] },
      dispatch: dispatcher.begin(),
    };
    const { data, errors } = await graphql({ schema, source, contextValue, variableValues });
    if (errors !== undefined) throw errors[0]?.originalError ?? errors[0];
    return data?.['found'] as T;
  }

  return {
    get isDead() {
      return mortal.isDead;
    },
    watch: (moment: 'call' | 'answer') => mortal.pass(moment),
    dieAt: (moment: Moment, turn: number) => mortal.dieAt(moment, turn),
    /** One round of sync, and of looking at what is in doubt. */
    async sync() {
      const round = { filler, ledger: archive.ledger, now, monotonic, since, revisits: REVISITS };
      await whileAlive(fillRound(feed, round, patience, () => {}));
      await whileAlive(lookAtDoubts({ feeds: [feed], archive, filler, now, monotonic }));
    },
    reread: (range: Interval) => whileAlive(reread(feed, range, { filler, now, monotonic })),
    ask: ({ from, to }: Interval, maxWait: string) =>
      whileAlive(
        run<Answer>(
          `query($from: DateTime!, $to: DateTime!, $maxWait: Duration!) {
            found: transfers(filter: { range: { from: $from, to: $to } }, first: 1000, maxWait: $maxWait) {
              nodes { transactionCode raw } totalCount
              coverage { complete final contradicted openFrom gaps { from to reason message } } } }`,
          { from: iso(from), to: iso(to), maxWait },
        ),
      ),
    judge: (code: string, sentAt: number, maxWait: string) =>
      whileAlive(
        run<Verdict>(
          `query($account: ID!, $code: String!, $sentAt: DateTime!, $maxWait: Duration!) {
            found: transferStatus(account: $account, transactionCode: $code, sentAt: $sentAt, maxWait: $maxWait) {
              state reason searched { from to } transfer { transactionCode } } }`,
          { account: feed.account.id, code, sentAt: iso(sentAt), maxWait },
        ),
      ),
    async close() {
      if (!mortal.isDead) {
        await filler.close(AbortSignal.timeout(1_000));
        await clocks.stop();
      }
      mortal.bury();
      claims?.close();
    },
  };
}
export type Gateway = Awaited<ReturnType<typeof startGateway>>;
