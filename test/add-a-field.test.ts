import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/add-a-field.md'), 'utf8');

interface Edit {
  readonly path: string;
  /** What stands there, and what is to stand there. */
  readonly before: string;
  readonly after: string;
}

const edits = [...page.matchAll(/```diff\n\+\+\+ (\S+)\n(.*?)```/gs)].map(
  ([, path = '', block = '']): Edit => {
    const lines = block.split('\n').slice(0, -1);
    const without = (sign: string) =>
      lines.filter((line) => !line.startsWith(sign)).map((line) => `${line.slice(1)}\n`);
    return { path, before: without('+').join(''), after: without('-').join('') };
  },
);

// What a reader of the page would look at: from the provider's row to every place where the field is to be.
const exercise = `
import { createDuckDbArchive } from './src/archive/duckdb/index.ts';
import { printSubgraph } from './src/graph/schema/subgraph.ts';
import { toBet } from './src/providers/hotroad/mapping.ts';
import type { BetRow } from './src/providers/hotroad/wire.ts';
import { providers } from './src/providers/registry.ts';
import { createRecordOf, type Sent } from './src/providers/sent-fields.ts';
import { decimal } from './src/records/decimal.ts';
import { flatColumns } from './src/records/flat.ts';
import { writeMetadata } from './src/server/odata/metadata.ts';
import { rowSets, totalsSets } from './src/server/odata/model.ts';

export function forgets(sent: Omit<Sent<'BET', 'seat'>, 'seat'>) {
  // @ts-expect-error: a mapping that forgets the field does not compile
  return createRecordOf('BET', ['seat'])(sent);
}

const none = {
  category: null, commission: null, gameCode: null, gameType: null, odds: null, result: null, roundId: null,
  roundStartTime: null, status: null, tableId: null, validBet: null, betTime: null, realCredit: null, freeCredit: null,
  promotionCredit: null, realCreditWinLoss: null, freeCreditWinLoss: null, promotionCreditWinLoss: null,
};
const row = {
  ...none, txId: 't1', userId: 'ann', betAmount: decimal('1'), winLoss: decimal('-1'), updateTime: 1_000,
  seat: 'left of the dealer', tip: decimal('0.250'),
};
const bet = toBet(row as unknown as BetRow, '{}', 'THB');
if ('fault' in bet) throw new Error(bet.fault);
const archive = await createDuckDbArchive({ path: ':memory:', playerOf: (_account, name) => name });
const read = { account: 'hrg', provider: 'hotroad', interval: null, quarantined: [], readAt: 2_000 } as const;
await archive.commit({ ...read, kind: 'BET', rows: [bet] });
const query = { kind: 'BET', accounts: ['hrg'], range: null, axis: 'SETTLED', players: null } as const;
const where = { op: 'in', column: 'seat', values: ['left of the dealer'] } as const;
const [stored] = await archive.page({ ...query, where, limit: 1, end: 'first', after: null, before: null });
const [total] = await archive.totals({
  ...query, where: null, groupBy: [], periods: null, countPlayers: false, countRounds: false,
});
await archive.close();
const seat: string | null | undefined = stored?.seat;
console.log(JSON.stringify({
  stored: [seat, stored?.tip],
  total: total?.sums.tip,
  flat: flatColumns('BET', { raw: false }).filter(({ name }) => name === 'seat' || name === 'tip'),
  odata: writeMetadata([...rowSets({ raw: false }), ...totalsSets]),
  schema: printSubgraph({ exposeNode: true, providers }),
}));
`;

describe('docs/add-a-field.md, applied to a copy of the sources', () => {
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'countroom-field-'));
    cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true });
    for (const name of ['package.json', 'tsconfig.json']) cpSync(join(root, name), join(copy, name));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const { path, before, after } of edits) {
      const file = join(copy, path);
      mkdirSync(dirname(file), { recursive: true });
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      if (before !== '') expect(text.split(before), `${path}: the lines of the page, once`).toHaveLength(2);
      writeFileSync(file, before === '' ? after : text.replace(before, () => after));
    }
    writeFileSync(join(copy, 'exercise.ts'), exercise);
  });
  afterAll(() => rmSync(copy, { recursive: true }));

  const run = (tool: string, ...args: readonly string[]) =>
    execFileSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
      cwd: copy,
      stdio: 'pipe',
      encoding: 'utf8',
    });

  it('names five files', () => {
    expect(new Set(edits.map(({ path }) => path)).size).toBe(5);
  });

  // A compiler's run has no bound that holds on a machine at work.
  it('compiles, but for a mapping that forgets the field', { timeout: 0 }, () => {
    const config = { extends: './tsconfig.json', include: ['exercise.ts'] };
    writeFileSync(join(copy, 'tsconfig.exercise.json'), JSON.stringify(config));
    expect(run('typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.exercise.json')).toBe('');
  });

  it('shows the field in the archive, totals, flat rows, OData and the graph', { timeout: 0 }, () => {
    const shown = JSON.parse(run('tsx/dist/cli.mjs', 'exercise.ts'));
    expect(shown).toMatchObject({
      stored: ['left of the dealer', '0.250'],
      total: '0.250',
      flat: [
        { name: 'seat', type: 'text', nullable: true },
        { name: 'tip', type: 'decimal', nullable: true },
      ],
    });
    expect(shown.odata).toContain('<Property Name="seat" Type="Edm.String"/>');
    expect(shown.odata.match(/<Property Name="tip" /g)).toHaveLength(2);
    for (const line of [
      '"""The seat at the table; null where the provider sends none."""\n  seat: String\n',
      '"""Seats at live tables."""\n  seats: [String!]\n',
      '"""Σ tips; 0 where none was sent."""\n  tip: Decimal\n',
      '"""Tips for dealers."""\n  TIP\n',
    ]) {
      expect(shown.schema).toContain(line);
    }
  });
});
