import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { timingOf } from '../feeds/dispatch.ts';
import { type Feed, feedClock } from '../feeds/feed.ts';
import { syncStart } from '../feeds/schedule.ts';
import { createScrubber } from '../records/scrub.ts';
import { createLogger } from '../server/logger.ts';
import { type Io, isTerminated, stopped } from './io.ts';
import { watchForFatal } from './last-resort.ts';
import { withLocalKey } from './local-key.ts';
import { logTarget } from './log-target.ts';
import { reload } from './reload.ts';
import { announce } from './running.ts';

export interface ServeAsk {
  readonly config: Config;
  /** Reads the configuration again, on SIGHUP. Throws a UsageError. @default the one at start */
  readonly read?: () => Config;
  readonly port: number | undefined;
  readonly io: Io;
  /** The release that runs, for `countroom_build_info`. @default unknown */
  readonly version?: string;
}

/** Runs the gateway until a signal or an uncaught error; prints its address when it answers. Logs go to stderr. */
export async function serve({ config, read = () => config, port, io, version }: ServeAsk): Promise<number> {
  const { createApp } = await import('../app.ts');
  const server = { ...config.server, port: port ?? config.server.port };
  const { config: opened, key } = withLocalKey({ ...config, server });
  const scrubber = createScrubber(config.secrets);
  const logger = createLogger({ level: config.log.level, scrub: scrubber.scrub, to: await logTarget(io) });
  const stopTracing = await startTracing(io, logger, version);
  const app = await createApp(opened, { logger, scrubber, version });
  const fatal = watchForFatal(process, logger, app.requestsUnderWay);
  try {
    const { url } = await app.listen();
    let reloaded = Promise.resolve();
    io.onHangUp?.(() => {
      reloaded = reloaded.then(() => reload({ app, config, read, key, logger }));
    });
    const withdraw = await announce(config, { url, key });
    try {
      io.stdout.write(`countroom answers at ${url}\n`);
      sayWhatIsSynced(app.feeds(), config.sync, logger);
      await stopped(AbortSignal.any([io.signal, fatal.signal]));
    } finally {
      withdraw();
    }
  } finally {
    // Whoever presses Ctrl-C is not a load balancer, which has to hear of it first.
    await app.drain(isTerminated(io.signal) ? config.server.drainDelay : 0);
    fatal.dismiss();
    await stopTracing();
  }
  return fatal.signal.aborted ? 1 : 0;
}

/** Sends traces where the environment says where to; the rest is loaded then alone. Returns how to stop. */
async function startTracing({ env }: Io, logger: Logger, version = 'unknown'): Promise<() => Promise<void>> {
  const wanted = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (!wanted || env['OTEL_SDK_DISABLED'] === 'true') return async () => {};
  const { exportTraces } = await import('../server/traces/export.ts');
  return exportTraces(version, logger);
}

/** Logs which feeds are kept filled, and from when on. */
function sayWhatIsSynced(feeds: readonly Feed[], { enabled, since }: Config['sync'], logger: Logger): void {
  if (!enabled) {
    logger.info('sync is off: providers are asked for what queries lack alone');
    return;
  }
  const now = Date.now();
  const starts = feeds.map((feed) => {
    const from = since ?? syncStart(timingOf(feed), feedClock(feed, now));
    return { account: feed.account.id, kind: feed.kind, from: new Date(from).toISOString() };
  });
  const back =
    since === null ? 'as far back as each provider goes' : `back to ${new Date(since).toISOString()}`;
  logger.info({ feeds: starts }, `sync keeps every feed filled, ${back}`);
}
