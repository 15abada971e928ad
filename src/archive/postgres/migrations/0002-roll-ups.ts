import type { Migration } from './migration.ts';

/** Bets added up by quarter of an hour, filled from the rows there are. */
export const rollUps: Migration = {
  id: 2,
  name: 'roll-ups',
  // `axis_at` is the quarter's start. A sum's `_scales` counts its values by scale, eight digits for each: adding and
  // taking away keep it right, and its length tells the largest scale among the values that are left.
  sql: `
CREATE TABLE bet_quarters (
  account text COLLATE "C" NOT NULL,
  provider text COLLATE "C" NOT NULL,
  axis_at timestamptz NOT NULL,
  currency text COLLATE "C" NOT NULL,
  game_type text COLLATE "C",
  status text COLLATE "C" NOT NULL,
  outcome text COLLATE "C" NOT NULL,
  bets bigint NOT NULL,
  stake numeric NOT NULL,
  stake_scales numeric NOT NULL,
  valid_stake numeric NOT NULL,
  valid_stake_scales numeric NOT NULL,
  payout numeric NOT NULL,
  payout_scales numeric NOT NULL,
  net_win numeric NOT NULL,
  net_win_scales numeric NOT NULL,
  refund numeric NOT NULL,
  refund_scales numeric NOT NULL,
  jackpot_win numeric NOT NULL,
  jackpot_win_scales numeric NOT NULL,
  jackpot_contribution numeric NOT NULL,
  jackpot_contribution_scales numeric NOT NULL,
  rebate numeric NOT NULL,
  rebate_scales numeric NOT NULL,
  UNIQUE NULLS NOT DISTINCT (account, axis_at, provider, currency, game_type, status, outcome)
);
CREATE INDEX bet_quarters_blocks ON bet_quarters USING brin (axis_at) WITH (pages_per_range = 32, autosummarize = on);
`,
};
