import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { KeptArchive } from './archive/admin.ts';
import type { FeedKey } from './archive/archive.ts';
import { startForgetting } from './archive/forgetting.ts';
import type { MigrateResult } from './archive/migrations/plan.ts';
import { reveal } from './config/conceal.ts';
import type { Config } from './config/config.ts';
import { toNamePattern } from './config/name-pattern.ts';
import { UsageError } from './errors.ts';
import { createAuditor } from './feeds/audit.ts';
import { createBacklog, whileAble } from './feeds/backlog.ts';
import { createCallBudgets } from './feeds/call-budget.ts';
import { createClaims } from './feeds/claims.ts';
import { type ClockMemory, createClockMemory } from './feeds/clock-memory.ts';
import { startConfirmations } from './feeds/confirmations.ts';
import { type ConnectedAccount, connectAccount } from './feeds/connect.ts';
import { createDetails } from './feeds/detail.ts';
import { createDispatcher, type Dispatch } from './feeds/dispatch.ts';
import type { Feed } from './feeds/feed.ts';
import { createFiller } from './feeds/filler.ts';
import { leaseFeed, watchUpkeep } from './feeds/leases.ts';
import { createNamesInForce, type NamesInForce } from './feeds/naming.ts';
import { createPatience } from './feeds/patience.ts';
import { probe } from './feeds/probe.ts';
import { checkMappings, type RemapOptions, type RemapResult, remapAccount } from './feeds/remap.ts';
import { reread } from './feeds/reread.ts';
import { createRoster } from './feeds/roster.ts';
import { createSteering } from './feeds/steering.ts';
import { type Sync, startSync } from './feeds/sync.ts';
import { createTransferSearcher } from './feeds/transfer-search.ts';
import type { GraphDeps, RequestContext } from './graph/context.ts';
import { createSubgraph } from './graph/schema/subgraph.ts';
import type { Viewer } from './graph/viewer.ts';
import { providerNamed } from './providers/list.ts';
import type { Provider } from './providers/provider.ts';
import { providers as registered } from './providers/registry.ts';
import type { Interval } from './records/interval.ts';
import type { SlotSource } from './records/pace.ts';
import { createPlayerOf, type PlayerOf } from './records/player.ts';
import { createScrubber, type Scrubber } from './records/scrub.ts';
import { type Audit, createAuditLogger } from './server/audit/audit-log.ts';
import { createAuditWriter } from './server/audit/audit-writer.ts';
import { createPlayers, pseudonymSecret } from './server/auth/pseudonyms.ts';
import { createCallLog } from './server/call-log.ts';
import { exportRoutes } from './server/export/routes.ts';
import { registerArchiveMetrics, registerArchiveSize, timeCommits } from './server/metrics/archive.ts';
import { registerBuildInfo } from './server/metrics/build-info.ts';
import { createCallCounter } from './server/metrics/calls.ts';
import { registerChannelMetrics } from './server/metrics/channel.ts';
import { createDriftCounter } from './server/metrics/drift.ts';
import { registerFeedMetrics, registerProviderMetrics } from './server/metrics/feeds.ts';
import {
  createAuditMetric,
  createAwaitingNote,
  createLatenessMetric,
  createRowCounter,
  registerSyncMetrics,
} from './server/metrics/sync.ts';
import { createUpstreamMetrics } from './server/metrics/upstream.ts';
import { odataRoutes } from './server/odata/routes.ts';
import { createServer } from './server/server.ts';
import type { AttemptReport } from './upstream/attempt-report.ts';
import { systemClock } from './upstream/clock.ts';
import { createCpuWait } from './upstream/cpu-wait.ts';
import { createPacer } from './upstream/pace.ts';
import { createLocalSlots, guardOf } from './upstream/slots.ts';

/** A gateway, wired and ready to listen. */
export interface App {
  readonly archive: KeptArchive;
  /** Those that are asked at present. */
  feeds(): readonly Feed[];
  /** Begins one request's asks of the feeds. */
  dispatch(): Dispatch;
  listen(): Promise<{ readonly url: string }>;
  /**
   * Takes accounts with their limits and secrets, keys and tokens, players' names and the level of the log from another
   * reading of the configuration. Accounts that stay as they are go on as if nothing had happened; what is being read of
   * the others is finished. Rejects with a UsageError, and changes nothing, where they cannot be taken while it runs.
   */
  adopt(config: Pick<Config, 'accounts' | 'auth' | 'players' | 'log' | 'secrets'>): Promise<void>;
  /** Unready and still answering for `afterMs`, so that whoever sends work hears of it; then `close`. */
  drain(afterMs: number): Promise<void>;
  /** Computes what is archived of an account anew by the options it has now, see `remapAccount`. */
  remap(account: string, options: RemapOptions): Promise<RemapResult>;
  /** The ids of the requests that have not been answered yet. */
  requestsUnderWay(): readonly string[];
  /** Unready, drain, finish or give back the windows, close the archive; the same stop every time. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly logger: Logger;
  /** What the logger strikes out, where that is to follow the configuration. @default one of its own */
  readonly scrubber?: Scrubber;
  /** `leave`: rows may have been computed by other options than those of the configuration. @default refuse */
  readonly otherMappings?: 'refuse' | 'leave';
  /** The release that runs, for `countroom_build_info`. @default unknown */
  readonly version?: string | undefined;
  /** @default those of the registry */
  readonly providers?: readonly Provider[];
}

/** How long a stop waits for windows that are being read. */
const PATIENCE_MS = 3_000;
/** How long a stop may take in all, with the time it is unready before; what is not done by then is left behind. */
const STOP_MS = 13_000;
const SHORTEST_STOP_MS = 2_000;
/** What of that is the archive's: a process that ends while its engine works is torn down by it. */
const ARCHIVE_MS = 1_500;
const LOOK_AT_NAMES_MS = 30_000;

/**
 * Wires config → archive, feeds, graph, server; the only place that names concrete parts. Nothing is called or
 * bound until asked. Rejects with an ArchiveError or a UsageError.
 */
export async function createApp(
  config: Config,
  {
    logger,
    scrubber = createScrubber(config.secrets),
    providers = registered,
    otherMappings = 'refuse',
    version = 'unknown',
  }: AppOptions,
): Promise<App> {
  const clock = systemClock;
  const registry = new Registry();
  // Names are needed to open the archive, which knows whether others give other ones.
  let names: NamesInForce | null = null;
  const ownNames = createPlayerOf(config.players);
  const playerOf: PlayerOf = (account, username) => (names?.playerOf ?? ownNames)(account, username);
  const { archive, slots } = await openArchive(config.archive, playerOf, ({ pending, notes }) => {
    if (pending.length > 0)
      logger.info({ migrations: pending, notes }, 'the archive was brought to this layout');
  });
  const naming = createNamesInForce(config.players, {
    shared: archive.naming ?? null,
    compile: toNamePattern,
    onDifference: (problem) => logger.warn({ problem }, 'players have other names at another gateway'),
    onNamed: () => archive.rename(),
    onError: (err) => logger.error({ err }, 'the names of players in force could not be applied'),
  });
  names = naming;
  const pacer = createPacer({ clock, slots, cpuWait: createCpuWait(clock.monotonic) });
  const { scrub } = scrubber;
  const countAttempt = createUpstreamMetrics(registry);
  const callLog = createCallLog(logger, scrub);
  const onAttempt = (attempt: AttemptReport) => {
    countAttempt(attempt);
    callLog.attempted(attempt);
  };
  const onRecovered = callLog.recovered;
  const roster = createRoster(
    (account) =>
      connectAccount(providerNamed(providers, account.provider), account, {
        pacer,
        clock,
        onAttempt,
        onRecovered,
        scrub,
      }),
    config.accounts,
  );
  const disconnect = (accounts: readonly ConnectedAccount[]) =>
    Promise.all(accounts.map(({ http }) => http.close()));
  try {
    if (otherMappings === 'refuse') await checkMappings(archive, roster.accounts());
    await naming.put(config.players);
  } catch (error) {
    await Promise.all([archive.close(), disconnect(roster.accounts())]);
    throw error;
  }
  const { leases } = archive;
  const { heartbeat } = archive;
  const archiveTrouble = () => heartbeat.trouble()?.reason ?? null;
  const claims = leases && createClaims(leases);
  registerBuildInfo(registry, version);
  registerArchiveMetrics(registry, archiveTrouble);
  registerArchiveSize(registry, archive.about, clock);
  const countRows = createRowCounter(registry, roster.feeds());
  const countDrift = createDriftCounter(registry, roster.feeds());
  const countAudit = createAuditMetric(registry, roster.feeds());
  const countLateness = createLatenessMetric(registry);
  const rememberClocks = async (feeds: readonly Feed[]) => {
    const memory = createClockMemory({
      feeds,
      archive,
      ...clock,
      onError: (account, err) =>
        logger.error({ account, err }, 'what is known of a provider’s clock was not kept'),
    });
    await memory.restore();
    return memory;
  };
  let clocks = await rememberClocks(roster.feeds());
  const filler = createFiller({
    archive: timeCommits(registry, archive, clock),
    claims,
    clocks: { settled: (account) => clocks.settled(account) },
    backlog: whileAble(createBacklog(), heartbeat),
    ...clock,
    onFailure: ({ account, kind }, window, { reason, message, cause }) => {
      const line = { account: account.id, kind, window, reason, problem: message };
      if (cause === null) logger.warn(line, 'a window was not read');
      else logger.error({ ...line, err: cause }, 'a window was not read');
    },
    onCommit(feed, piece, result, isAudit) {
      countRows(feed, result);
      if (isAudit) countAudit(feed, result);
      countDrift(feed, piece, result);
      countLateness(feed, result);
      const { interval } = piece;
      const { late, changed, moved, vanished, contradicted, withdrawn, restored } = result;
      logger.debug(
        { account: feed.account.id, kind: feed.kind, interval, rows: piece.rows.length },
        'a window was read',
      );
      if (late + changed + vanished + contradicted + withdrawn + restored === 0) return;
      const counts = { late, changed, moved, vanished, contradicted, withdrawn, restored };
      const news = { account: feed.account.id, kind: feed.kind, interval, isAudit, ...counts };
      logger.info(news, 'rows were not as they had been read before');
    },
  });
  const stopping = new AbortController();
  const dispatcher = createDispatcher({
    archive,
    filler,
    stopping: stopping.signal,
    archiveTrouble,
    ...clock,
    maxRangeMs: config.server.maxRange,
    finalAfterMs: config.sync.enabled ? Math.max(0, ...config.sync.revisits) : 0,
  });
  const transferSearcher = createTransferSearcher({
    archive,
    filler,
    patience: createPatience(stopping.signal),
    ...clock,
  });
  const details = createDetails({ archive, filler, ...clock });
  const payerOf = createCallBudgets({ monotonic: clock.monotonic, onCall: createCallCounter(registry) });
  registerFeedMetrics(registry, roster.feeds, filler.health);
  registerProviderMetrics(registry, roster.feeds);
  if (leases !== undefined) registerChannelMetrics(registry, leases);

  const steering = createSteering(roster.accounts, archive.orders);
  const makeDeps = (): GraphDeps => ({
    archive,
    quarantine: archive,
    providers,
    accounts: roster.accounts().map(({ account }) => account),
    feeds: roster.feeds(),
    clock: clock.now,
    ...(config.sync.since != null && { syncSince: config.sync.since }),
    health: filler.health,
    underWay: filler.underWay,
    troubles: filler.troubles,
    steering,
    reread: (feed, range) => reread(feed, range, { filler, ...clock }),
    searchTransfers: transferSearcher.search,
    probe: (feed) => probe(feed, stopping.signal),
    about: archive.about,
    async readDetail(account, key, near, payer) {
      const feed = roster.feeds().find((each) => each.account.id === account && each.kind === 'BET');
      return feed === undefined ? 'UNSUPPORTED' : details.read({ feed, key, near, payer });
    },
  });
  let deps = makeDeps();
  const playersOf = createPlayers({
    playerOf,
    archive,
    secret: pseudonymSecret(
      config.auth?.pseudonymKey,
      config.accounts.map(({ credentials }) => reveal(credentials)),
    ),
    clock: clock.now,
  });
  const makeContext = (viewer: Viewer, left?: AbortSignal): RequestContext => {
    const payer = payerOf(viewer.name, viewer.callsPerMinute);
    return {
      deps: left === undefined ? deps : { ...deps, archive: archive.readsFor?.(left) ?? archive },
      viewer,
      players: playersOf(viewer),
      dispatch: dispatcher.begin({ left, payer }),
      payer,
      notices: [],
    };
  };
  const logAudit = createAuditLogger(logger);
  const auditWriter = createAuditWriter({
    archive,
    keepMs: config.server.trail.keep,
    clock: clock.now,
    onFailure: (error, lost) => logger.error({ err: error, lost }, 'the audit log was not written'),
  });
  const audit: Audit = (asked) => {
    const operation = asked.operation === null ? null : scrub(asked.operation);
    const entry = { ...asked, operation };
    logAudit(entry);
    if (config.server.trail.keep > 0) auditWriter.add(entry);
  };
  let closing: Promise<void> | null = null;
  const server = await createServer({
    settings: config.server,
    auth: config.auth,
    schema: createSubgraph({ providers, ...config.federation }),
    makeContext,
    isReady: () => closing === null,
    archiveTrouble,
    warnings: () => [naming.difference()].filter((each) => each !== null),
    logger,
    registry,
    clock: clock.now,
    audit,
    routes: [exportRoutes, odataRoutes],
  });

  let sync: Sync | null = null;
  let stopConfirming: (() => Promise<void>) | null = null;
  let stopForgetting: (() => Promise<void>) | null = null;
  let stopLooking: (() => void) | null = null;
  const noteAwaiting = createAwaitingNote(registry, logger);
  registerSyncMetrics(registry, roster.feeds, (feed) => sync?.plan(feed) ?? null);

  function keepFilled(): Sync {
    const { since, revisits, audit: share } = config.sync;
    const ledger = (feed: FeedKey, range: Interval) => archive.ledger(feed, range);
    return startSync({
      feeds: roster.feeds(),
      filler,
      ledger,
      ...(share > 0 && { auditor: createAuditor({ share, revisits, filler, ledger, ...clock }) }),
      ...clock,
      since,
      revisits,
      freed: leases && watchUpkeep(leases),
      claim: async (feed) => {
        // As if another process kept it: nothing is planned that could not be kept.
        if (heartbeat.trouble() !== null) return null;
        return leases === undefined ? async () => {} : leaseFeed(leases, feed);
      },
      onPlan: ({ account, kind }, { expiringMs, lostMs }) => {
        if (expiringMs === 0 && lostMs === 0) return;
        logger.warn(
          { account: account.id, kind, expiringMs, lostMs },
          'history is missing that the provider drops',
        );
      },
      onError: ({ account, kind }, error) =>
        logger.error({ account: account.id, kind, err: error }, 'sync failed'),
    });
  }

  function confirm(): () => Promise<void> {
    return startConfirmations({
      feeds: roster.feeds(),
      archive,
      filler,
      ...clock,
      onAwaiting: noteAwaiting,
      onError: (err) => logger.error({ err }, 'rows in doubt were not looked at'),
    });
  }

  function forget(): () => Promise<void> {
    return startForgetting({
      archive,
      keepVersionsMs: config.archive.keepVersions,
      now: clock.now,
      onForgotten: (versions) => logger.info({ versions }, 'replaced versions were forgotten'),
      onError: (err) => logger.error({ err }, 'replaced versions were not forgotten'),
    });
  }

  /** News of other names can be lost with a connection: it is looked at from time to time as well. */
  function lookAtNames(): () => void {
    if (archive.naming === undefined) return () => {};
    const timer = setInterval(() => {
      naming.look().catch((err: unknown) => logger.debug({ err }, 'the names in force could not be read'));
    }, LOOK_AT_NAMES_MS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Has what reads by itself read for the accounts that are there now; what was sent for those that leave is finished. */
  async function readAnew(leaving: readonly ConnectedAccount[], memory: ClockMemory): Promise<void> {
    const before = clocks;
    clocks = memory;
    deps = makeDeps();
    await Promise.all([sync?.stop(), stopConfirming?.(), before.stop()]);
    if (closing !== null) return;
    if (sync !== null) sync = keepFilled();
    if (stopConfirming !== null) stopConfirming = confirm();
    // In the background: what was sent may take a while to be answered.
    void filler.retire(leaving.flatMap((each) => each.feeds)).then(() => disconnect(leaving));
  }

  async function stop(withinMs: number): Promise<void> {
    // Once around the loop: what a busy loop has not yet taken in may have been in time.
    const late = (ms: number) => wait(ms, 'late', { ref: false }).then((told) => nextTurn(told));
    const over = late(withinMs - ARCHIVE_MS);
    const step = async (name: string, work: Promise<unknown> | undefined, until = over) => {
      const late = await Promise.race([work?.then(() => null), until]);
      if (late === 'late') logger.warn({ step: name }, 'left behind: a stop does not wait for ever');
    };
    stopping.abort();
    stopLooking?.();
    await step('answers', server.close());
    await step('sync', sync?.stop());
    await step('confirmations', stopConfirming?.());
    await step('forgetting', stopForgetting?.());
    await step('windows', filler.close(AbortSignal.timeout(PATIENCE_MS)));
    claims?.close();
    await step('clocks', clocks.stop());
    await step('audit log', auditWriter.close());
    await step('archive', archive.close(), late(ARCHIVE_MS));
    await step('connections', disconnect(roster.accounts()));
  }

  function close(withinMs = STOP_MS): Promise<void> {
    closing ??= stop(withinMs);
    return closing;
  }

  return {
    archive,
    feeds: roster.feeds,
    dispatch: () => dispatcher.begin(),
    requestsUnderWay: server.requestsUnderWay,
    async adopt(next) {
      const accounts = roster.prepare(next.accounts);
      let memory: ClockMemory | null = null;
      // Whatever may fail comes first: from then on all of it is in force, or nothing.
      try {
        await checkMappings(archive, accounts.fresh);
        if (accounts.fresh.length + accounts.leaving.length > 0)
          memory = await rememberClocks(accounts.feeds);
        server.admit(next.auth);
      } catch (error) {
        await memory?.stop();
        await accounts.drop();
        throw error;
      }
      scrubber.learn(next.secrets);
      accounts.adopt();
      if (memory !== null) await readAnew(accounts.leaving, memory);
      logger.level = next.log.level;
      await naming.put(next.players);
      await archive.rename();
    },
    async listen() {
      const address = await server.listen();
      if (config.sync.enabled) sync = keepFilled();
      stopConfirming = confirm();
      stopForgetting = forget();
      stopLooking = lookAtNames();
      return address;
    },
    async remap(id, options) {
      const account = roster.accounts().find((each) => each.account.id === id);
      if (account === undefined) throw new UsageError(`unknown account ${id}`);
      return remapAccount(archive, account, options);
    },
    async drain(afterMs) {
      server.retire();
      if (closing === null && afterMs > 0) await wait(afterMs);
      await close(Math.max(STOP_MS - afterMs, SHORTEST_STOP_MS));
    },
    close: () => close(),
  };
}

/** The archive, and the pace that goes with it: one process's own, or shared by all at one database. */
async function openArchive(
  { url, memoryMb }: Config['archive'],
  playerOf: PlayerOf,
  onMigrated: (result: MigrateResult) => void,
): Promise<{ archive: KeptArchive; slots: SlotSource }> {
  // Each engine's client is loaded where it is used: starting is quick, and half of it is loading.
  if (url.startsWith('duckdb:')) {
    const { createDuckDbArchive } = await import('./archive/duckdb/index.ts');
    const archive = await createDuckDbArchive({
      path: url.slice('duckdb:'.length),
      playerOf,
      memoryMb,
      onMigrated,
    });
    return { archive, slots: createLocalSlots(systemClock) };
  }
  const { createPostgresArchive } = await import('./archive/postgres/index.ts');
  const archive = await createPostgresArchive({ url, playerOf, onMigrated });
  return { archive, slots: archive.slots({ monotonic: systemClock.monotonic, guardOf }) };
}
