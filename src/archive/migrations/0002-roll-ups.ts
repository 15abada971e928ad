import type { Migration } from './migration.ts';

const sums = [
  'stake',
  'valid_stake',
  'payout',
  'net_win',
  'refund',
  'jackpot_win',
  'jackpot_contribution',
  'rebate',
];

const columns = sums.flatMap((sum) => [
  `${sum} numeric NOT NULL`,
  `${sum}_scales numeric NOT NULL`,
  `${sum}_scale smallint GENERATED ALWAYS AS (
    CASE WHEN ${sum}_scales > 0 THEN (length(${sum}_scales::text) - 1) / 8 END) STORED`,
]);

const table = (name: string) => `
CREATE TABLE ${name} (
  account text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  axis_at timestamptz NOT NULL,
  currency text COLLATE "C" NOT NULL,
  game_type text COLLATE "C",
  status text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  bets bigint NOT NULL,
  ${columns.join(',\n  ')},
  UNIQUE NULLS NOT DISTINCT (account, axis_at, provider, currency, game_type, status, outcome)
);
CREATE INDEX ${name}_blocks ON ${name} USING brin (axis_at) WITH (pages_per_range = 32, autosummarize = on);
`;

/** Bets added up by quarter of an hour, and those by hour and day (UTC): `axis_at` is where each starts. */
export const rollUps: Migration = {
  id: 2,
  name: 'roll-ups',
  release: '0.1.0',
  // A sum's `_scales` counts its values by scale, eight digits for each: adding and taking away keep it right, and its
  // length tells the largest scale among the values that are left, which is `_scale`.
  postgres: ['bet_quarters', 'bet_hours', 'bet_days'].map(table).join(''),
  duckdb: null,
};
