import { parse } from 'lossless-json';
import { readJson, readObject, toCompactJson } from '../src/providers/json.ts';
import { cpuOf } from './cpu.ts';
import { type Bench, median } from './result.ts';

const ROWS = 20_000;
const RUNS = 15;

/** Rows of the length and mix of texts and numbers that a bet log has. */
function page(): string {
  const rows = Array.from({ length: ROWS }, (_, at) => ({
    txId: `T${1_000_000_000 + at}`,
    betId: `B${2_000_000_000 + at}`,
    username: `player${at % 900}`,
    gameCode: `slot-${at % 40}`,
    currency: 'EUR',
    betAmount: (at % 997) / 100,
    winAmount: (at % 1_499) / 100,
    balanceBefore: 1_000_000.25 + at,
    txTime: 1_764_000_000_000 + at * 30,
    details: { lines: 20, feature: at % 7 === 0, symbols: ['A', 'K', 'Q', 'J'], note: 'na\u00efve "quoted"' },
    device: 'mobile; Android 15; build/AP3A.240905',
    tags: [at % 3, at % 5],
  }));
  return JSON.stringify({ code: 0, data: { total: ROWS, list: rows } });
}

interface Page {
  readonly data: { readonly list: readonly unknown[] };
}

function refuse(cause: unknown): Error {
  return new Error('the page is not JSON', { cause });
}

function demandRows(length: number): void {
  if (length === 0) throw new Error('nothing was read');
}

/** What reading a page of 20,000 rows costs, each row's own text and every digit kept, against the libraries. */
export const json: Bench = async () => {
  const text = page();
  const ways = {
    ours() {
      const { data } = readJson(text, refuse) as Page;
      return data.list.reduce<number>((sum, row) => sum + readObject(row).raw.length, 0);
    },
    lossless() {
      const { data } = parse(text) as Page;
      return data.list.reduce<number>((sum, row) => sum + toCompactJson(row).length, 0);
    },
    plain() {
      return (JSON.parse(text) as Page).data.list.length;
    },
  };
  const taken: Record<keyof typeof ways, number[]> = { ours: [], lossless: [], plain: [] };
  // One after the other, so that a machine that slows down slows all of them.
  for (let run = 0; run < RUNS; run += 1) {
    for (const name of ['ours', 'lossless', 'plain'] as const)
      taken[name].push(await cpuOf(async () => demandRows(ways[name]())));
  }
  const [ours, lossless, plain] = [median(taken.ours), median(taken.lossless), median(taken.plain)];
  const shown = (ms: number) => `${ms.toFixed(0)} ms`;
  const detail = `medians of ${RUNS}, ${(text.length / 1e6).toFixed(1)} MB`;
  return [
    {
      question: 'reading 20,000 rows exactly, each with its own text, against lossless-json',
      figure: ours / lossless,
      unit: '×',
      atMost: 0.5,
      detail: `${shown(ours)} and ${shown(lossless)} of CPU, ${detail}`,
    },
    {
      question: 'the same against JSON.parse, which keeps neither digits nor text',
      figure: ours / plain,
      unit: '×',
      atMost: 5,
      detail: `${shown(ours)} and ${shown(plain)} of CPU, ${detail}`,
    },
  ];
};
