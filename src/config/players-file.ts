import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { PlayerRow } from '../records/player.ts';
import { suggest } from './fault.ts';
import { reasonOf } from './variables.ts';

const columns = ['account', 'username', 'player'] as const;

const parsed = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

export interface PlayersFile {
  readonly rows: readonly PlayerRow[];
  /** One a line that cannot stand, with its number. */
  readonly faults: readonly string[];
}

/** Reads `players.csv`: a header with account, username and player in any order, then one username a line. */
export function readPlayersFile(file: string, accounts: readonly string[]): PlayersFile {
  const lines = readLines(file);
  if (typeof lines === 'string') return { rows: [], faults: [lines] };
  const [header, ...rest] = lines;
  const names = header?.record ?? [];
  if ([...names].sort().join() !== [...columns].sort().join()) {
    return {
      rows: [],
      faults: [`line 1: expected the columns ${columns.join(',')}, got ${names.join(',') || 'nothing'}`],
    };
  }
  const rows: PlayerRow[] = [];
  const faults: string[] = [];
  const seen = new Map<string, number>();
  for (const { record, info } of rest) {
    const cell = (name: (typeof columns)[number]) => record[names.indexOf(name)] ?? '';
    const row = { account: cell('account'), username: cell('username'), player: cell('player') };
    const fault = faultOf(row, record.length, accounts, seen.get(`${row.account},${row.username}`));
    if (fault === null) rows.push(row);
    else faults.push(`line ${info.lines}: ${fault}`);
    seen.set(`${row.account},${row.username}`, info.lines);
  }
  return { rows, faults };
}

function readLines(file: string): z.output<typeof parsed> | string {
  try {
    const text = readFileSync(file, 'utf8');
    const options = { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, info: true };
    return parsed.parse(parse(text, options));
  } catch (error) {
    if (error instanceof CsvError) return `line ${String(error['lines'])}: not valid CSV (${error.code})`;
    return `cannot read ${file} (${reasonOf(error)})`;
  }
}

function faultOf(
  row: PlayerRow,
  cells: number,
  accounts: readonly string[],
  earlier: number | undefined,
): string | null {
  if (cells !== columns.length) return `expected ${columns.length} cells, got ${cells}`;
  for (const name of columns) if (row[name] === '') return `expected a value for ${name}, got nothing`;
  if (!accounts.includes(row.account)) {
    return `unknown account ${JSON.stringify(row.account)}${suggest(row.account, accounts)}`;
  }
  return earlier === undefined ? null : `${row.account},${row.username} stands on line ${earlier} already`;
}
