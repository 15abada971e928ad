import { access } from 'node:fs/promises';
import { duckDbFileOf } from '../config/archive-url.ts';
import type { Config } from '../config/config.ts';
import { CountroomError } from '../errors.ts';
import { readDiagnosis } from './diagnosis.ts';
import { type Finding, findingsOfArchive, findingsOfFeeds } from './findings.ts';
import { type Gateway, openGateway } from './gateway.ts';
import { columnsOf, type Io } from './io.ts';
import { probeThrough } from './probing.ts';
import { findRunning } from './running.ts';
import { printTable } from './table.ts';

export interface DoctorAsk {
  readonly config: Config;
  readonly json: boolean;
  readonly io: Io;
}

/**
 * Looks at the configuration, the archive, and each provider's credentials, clock, pace and lateness, and prints what it
 * found with what to do about it; gives 1 where something must be mended. Each provider is asked once, through the `serve`
 * that holds the archive where there is one, and never beside it.
 */
export async function doctor({ config, json, io }: DoctorAsk): Promise<number> {
  const findings = await examine(config, io);
  io.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : tableOf(findings, columnsOf(io)));
  return findings.some(({ state }) => state === 'fault') ? 1 : 0;
}

async function examine(config: Config, io: Io): Promise<readonly Finding[]> {
  const running = await findRunning(config);
  const beside = running === null ? 'no gateway runs on this archive here' : `asked through ${running.url}`;
  const accounts = `${config.accounts.length} account${config.accounts.length === 1 ? '' : 's'}`;
  const configuration: Finding = {
    area: 'configuration',
    subject: config.file,
    state: 'ok',
    finding: `${accounts}, all of it can be read; ${beside}`,
    remedy: null,
  };
  let gateway: Gateway;
  try {
    gateway = await openGateway(await withoutNewArchive(config), io);
  } catch (error) {
    if (!(error instanceof CountroomError)) throw error;
    // Whatever holds the archive may be calling: no provider is asked beside it.
    return [configuration, archiveFault(error.message)];
  }
  try {
    const probed = await probeThrough(gateway, config);
    const { archive, feeds } = await readDiagnosis(gateway);
    return [configuration, ...findingsOfArchive(archive), ...findingsOfFeeds(probed, feeds)];
  } finally {
    await gateway.close();
  }
}

function archiveFault(finding: string): Finding {
  const remedy = 'mend what the message says; the providers were not asked';
  return { area: 'archive', subject: 'archive.url', state: 'fault', finding, remedy };
}

/** A file that is not there yet is not made by looking: an archive in memory takes its place. */
async function withoutNewArchive(config: Config): Promise<Config> {
  const file = duckDbFileOf(config.archive.url);
  if (file === null) return config;
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  return isThere ? config : { ...config, archive: { ...config.archive, url: 'duckdb::memory:' } };
}

const marks = { ok: 'ok', warning: 'warning', fault: 'FAULT' } as const;

function tableOf(findings: readonly Finding[], columns: number): string {
  const rows = findings.map(({ area, subject, state, finding, remedy }) => [
    area,
    subject,
    marks[state],
    [finding, remedy].filter((each) => each !== null).join('\n→ '),
  ]);
  return printTable(['area', 'of', 'state', 'finding'], rows, columns);
}
