import type { Config } from '../config/config.ts';
import { probe } from '../feeds/probe.ts';
import { createLogger } from '../server/logger.ts';
import { capacityWarning } from './capacity.ts';
import { openGateway } from './gateway.ts';
import { columnsOf, type Io } from './io.ts';
import { type Probed, probeThrough } from './probing.ts';
import { mayBeRunning } from './running.ts';
import { printTable } from './table.ts';

export interface CheckAsk {
  readonly config: Config;
  readonly json: boolean;
  readonly io: Io;
}

/**
 * Asks every feed for one minute just past and prints how each answered; gives 1 where any failed. Archives nothing, and
 * calls no provider beside a gateway: a running `serve` asks in its stead, and PostgreSQL's pace is kept.
 */
export async function check({ config, json, io }: CheckAsk): Promise<number> {
  const { createApp } = await import('../app.ts');
  const aside = { ...config, archive: { ...config.archive, url: 'duckdb::memory:' } };
  const app = await createApp(aside, { logger: createLogger({ level: 'silent' }) });
  try {
    const alone = () =>
      Promise.all(
        app.feeds().map(async (feed) => ({
          account: feed.account.id,
          kind: feed.kind,
          ...(await probe(feed, io.signal)),
        })),
      );
    const found = (await mayBeRunning(config)) ? await probeBeside(config, io) : await alone();
    io.stdout.write(json ? jsonOf(found) : tableOf(found, columnsOf(io)));
    const warning = capacityWarning(config, app.feeds());
    if (warning !== null) io.stderr.write(`${warning}\n`);
    return found.every(({ problem }) => problem === null) ? 0 : 1;
  } finally {
    await app.close();
  }
}

async function probeBeside(config: Config, io: Io): Promise<readonly Probed[]> {
  const gateway = await openGateway(config, io);
  try {
    return await probeThrough(gateway, config);
  } finally {
    await gateway.close();
  }
}

/** `mend` is what release 0.1 called `remedy`; it goes with 0.3. */
function jsonOf(found: readonly Probed[]): string {
  const rows = found.map(({ account, kind, problem, remedy }) => ({
    ...{ account, kind, ok: problem === null, problem, remedy },
    mend: remedy,
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function tableOf(found: readonly Probed[], columns: number): string {
  const rows = found.map(({ account, kind, problem, remedy }) => [
    account,
    kind,
    problem === null ? 'ok' : [problem, remedy].filter((each) => each !== null).join('\n→ '),
  ]);
  return printTable(['account', 'kind', 'state'], rows, columns);
}
