import { readJson } from '../src/providers/json.ts';
import { readRows } from '../src/providers/rows.ts';
import { toBet } from '../src/providers/vertexplay/mapping.ts';
import { options } from '../src/providers/vertexplay/options.ts';
import { betRow } from '../src/providers/vertexplay/wire.ts';
import { cpuOfEach } from './cpu.ts';
import type { Bench } from './result.ts';

const ROWS = 20_000;
const ROUNDS = 11;

/** A bet log as VertexPlay's document shows it. */
function betLog(): string {
  const at = Date.UTC(2026, 10, 1);
  const amount = (units: number) => `${Math.floor(units / 1e6)}.${String(units % 1e6).padStart(6, '0')}`;
  const data = Array.from({ length: ROWS }, (_, index) => ({
    betTime: new Date(at + index * 30).toISOString(),
    txTime: new Date(at + index * 30 + 900).toISOString(),
    currency: 'THB',
    brand: 'VP',
    gameCode: `VP_${index % 400}`,
    username: `player${index % 20_000}`,
    roundId: String(8_100_000_000_000_000_000n + BigInt(index)),
    transferId: String(7_652_711_103_511_700_000n + BigInt(index)),
    betId: String(7_752_711_103_511_700_000n + BigInt(index)),
    betStatus: '2',
    actualBetAmt: amount((index * 7_919) % 10_000_000),
    validBetAmt: amount((index * 7_919) % 10_000_000),
    winAmt: amount((index * 104_729) % 11_000_000),
    jackpotWin: '0.000000',
    jackpotContribute: amount(index % 997),
    betSourceId: '1',
  }));
  return JSON.stringify({ code: '0', data });
}

/** What it takes to make records of 20,000 rows, every digit and each row's own text kept. */
export const ingestion: Bench = async () => {
  const text = betLog();
  const read = options.parse({});
  const refuse = (cause: unknown) => new Error('the page is not JSON', { cause });
  const { ours, plain } = await cpuOfEach(
    {
      async ours() {
        const { data } = readJson(text, refuse) as { readonly data: readonly unknown[] };
        readRows(data, betRow, (row, raw) => toBet(row, raw, read));
      },
      async plain() {
        JSON.parse(text);
      },
    },
    ROUNDS,
  );
  return [
    {
      question: 'records of 20,000 rows of a bet log, against JSON.parse of the same bytes',
      figure: ours / plain,
      unit: '×',
      atMost: 5,
      detail: `${ours.toFixed(0)} and ${plain.toFixed(0)} ms of CPU, the lowest of ${ROUNDS}, ${(text.length / 1e6).toFixed(1)} MB`,
    },
  ];
};
