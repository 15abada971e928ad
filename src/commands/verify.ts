import { verifyArchive } from '../archive/verify.ts';
import type { Config } from '../config/config.ts';
import { copyingOf, placeOf } from './archives.ts';
import type { Io } from './io.ts';

export interface VerifyAsk {
  readonly config: Pick<Config, 'archive'>;
  readonly json: boolean;
  readonly io: Io;
}

/**
 * Compares every row with its digest, every read of the ledger with its rows, and roll-ups with what they add up; 1
 * where something differs, and says what. Nothing is changed, and no provider asked.
 */
export async function verify({ config, json, io }: VerifyAsk): Promise<number> {
  const copying = await copyingOf(placeOf('archive.url', config.archive.url, io.cwd));
  const source = await copying.openSource();
  try {
    const verified = await verifyArchive(source, { signal: io.signal });
    const { rows, proven, unproven, differences } = verified;
    if (json) io.stdout.write(`${JSON.stringify(verified, null, 2)}\n`);
    else {
      for (const each of differences) io.stdout.write(`${each}\n`);
      io.stdout.write(
        `${rows} rows, ${proven} reads as they were listed, ${unproven} that cannot be compared any more, ` +
          `${differences.length} differences\n`,
      );
    }
    return differences.length === 0 ? 0 : 1;
  } finally {
    await source.close();
  }
}
