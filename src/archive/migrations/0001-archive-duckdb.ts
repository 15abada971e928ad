// Rows have no primary key: it makes loads four times slower and serves no read. Their uniqueness is the writer's duty.
const head = `
  account VARCHAR NOT NULL,
  provider VARCHAR NOT NULL,
  key VARCHAR NOT NULL,
  provider_username VARCHAR NOT NULL,
  axis_at TIMESTAMP NOT NULL,
  version_at TIMESTAMP,
  archived_at TIMESTAMP NOT NULL,
  vanished_at TIMESTAMP`;
const tail = `
  raw VARCHAR NOT NULL,
  former_key VARCHAR,
  read_at TIMESTAMP NOT NULL,
  digest BIGINT NOT NULL`;

const bets = `${head},
  game_code VARCHAR,
  game_type VARCHAR,
  bet_type VARCHAR,
  brand VARCHAR,
  table_id VARCHAR,
  round_id VARCHAR,
  round_started_at TIMESTAMP,
  result VARCHAR,
  odds DECIMAL(38, 18), odds_scale UTINYINT,
  order_id VARCHAR,
  transfer_id VARCHAR,
  source_id VARCHAR,
  currency VARCHAR NOT NULL,
  stake DECIMAL(38, 18) NOT NULL, stake_scale UTINYINT,
  valid_stake DECIMAL(38, 18), valid_stake_scale UTINYINT,
  payout DECIMAL(38, 18) NOT NULL, payout_scale UTINYINT,
  net_win DECIMAL(38, 18) NOT NULL, net_win_scale UTINYINT,
  refund DECIMAL(38, 18), refund_scale UTINYINT,
  jackpot_win DECIMAL(38, 18), jackpot_win_scale UTINYINT,
  jackpot_contribution DECIMAL(38, 18), jackpot_contribution_scale UTINYINT,
  rebate DECIMAL(38, 18), rebate_scale UTINYINT,
  real_stake DECIMAL(38, 18), real_stake_scale UTINYINT,
  free_stake DECIMAL(38, 18), free_stake_scale UTINYINT,
  promotion_stake DECIMAL(38, 18), promotion_stake_scale UTINYINT,
  real_net_win DECIMAL(38, 18), real_net_win_scale UTINYINT,
  free_net_win DECIMAL(38, 18), free_net_win_scale UTINYINT,
  promotion_net_win DECIMAL(38, 18), promotion_net_win_scale UTINYINT,
  status VARCHAR NOT NULL,
  provider_status VARCHAR NOT NULL,
  outcome VARCHAR NOT NULL,
  placed_at TIMESTAMP,
  settled_at TIMESTAMP,
  updated_at TIMESTAMP NOT NULL,${tail}`;

const transfers = `${head},
  direction VARCHAR NOT NULL,
  currency VARCHAR NOT NULL,
  amount DECIMAL(38, 18) NOT NULL, amount_scale UTINYINT,
  free_credit DECIMAL(38, 18), free_credit_scale UTINYINT,
  balance_before DECIMAL(38, 18), balance_before_scale UTINYINT,
  balance_after DECIMAL(38, 18), balance_after_scale UTINYINT,
  free_credit_before DECIMAL(38, 18), free_credit_before_scale UTINYINT,
  free_credit_after DECIMAL(38, 18), free_credit_after_scale UTINYINT,
  real_credit_before DECIMAL(38, 18), real_credit_before_scale UTINYINT,
  created_at TIMESTAMP NOT NULL,${tail}`;

const failures = `${head},
  seq_no VARCHAR NOT NULL,
  event VARCHAR,
  status_code BIGINT NOT NULL,
  status_meaning VARCHAR,
  succeeded BOOLEAN NOT NULL,
  requested_at TIMESTAMP NOT NULL,
  responded_at TIMESTAMP,${tail}`;

const seen = `
  seen_from TIMESTAMP NOT NULL,
  seen_until TIMESTAMP NOT NULL`;

/** The layout that 0.1.0 made: rows and their history, the ledger, what was set aside, and the names. */
export const archiveInDuckDb = `
CREATE TABLE bets (${bets}
);
CREATE TABLE bets_history (${bets},${seen}
);
CREATE TABLE transfers (${transfers}
);
CREATE TABLE transfers_history (${transfers},${seen}
);
CREATE TABLE failures (${failures}
);
CREATE TABLE failures_history (${failures},${seen}
);
CREATE TABLE intervals (
  account VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  rows BIGINT,
  checksum VARCHAR,
  quarantined BIGINT NOT NULL
);
CREATE TABLE quarantine (
  id VARCHAR NOT NULL,
  account VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  from_at BIGINT,
  to_at BIGINT,
  reason VARCHAR NOT NULL,
  raw VARCHAR NOT NULL,
  seen_at BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  accepted_at BIGINT
);
CREATE TABLE names (
  account VARCHAR NOT NULL,
  username VARCHAR NOT NULL,
  player VARCHAR NOT NULL
);
CREATE TABLE archive_meta (
  name VARCHAR NOT NULL,
  value VARCHAR NOT NULL
);
`;
