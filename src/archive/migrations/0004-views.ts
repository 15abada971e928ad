import type { Migration } from './migration.ts';

/** The views SQL tools read: their columns stay, whatever becomes of the tables beneath. */
export const views: Migration = {
  id: 4,
  name: 'views',
  release: '0.1.0',
  postgres: `
CREATE VIEW v_bets AS
SELECT b.account, b.provider, b.key AS provider_bet_id, coalesce(n.player, b.provider_username) AS player,
  b.provider_username, b.game_code, b.game_type, b.bet_type, b.brand, b.table_id, b.round_id, b.round_started_at,
  b.odds, b.order_id, b.transfer_id, b.source_id, b.currency, b.stake, b.valid_stake, b.payout, b.net_win, b.refund,
  b.jackpot_win, b.jackpot_contribution, b.rebate, b.real_stake, b.free_stake, b.promotion_stake, b.real_net_win,
  b.free_net_win, b.promotion_net_win, b.status, b.provider_status, b.outcome, b.axis_at AS counted_at, b.placed_at,
  b.settled_at, b.updated_at, b.archived_at, b.vanished_at
FROM bets AS b LEFT JOIN names AS n ON n.account = b.account AND n.username = b.provider_username;

CREATE VIEW v_transfers AS
SELECT t.account, t.provider, t.key AS transaction_code, coalesce(n.player, t.provider_username) AS player,
  t.provider_username, t.direction, t.currency, t.amount, t.free_credit, t.balance_before, t.balance_after,
  t.free_credit_before, t.free_credit_after, t.real_credit_before, t.created_at, t.archived_at, t.vanished_at
FROM transfers AS t LEFT JOIN names AS n ON n.account = t.account AND n.username = t.provider_username;

CREATE VIEW v_failures AS
SELECT f.account, f.provider, f.key, f.seq_no, coalesce(n.player, f.provider_username) AS player,
  f.provider_username, f.event, f.status_code, f.status_meaning, f.succeeded, f.requested_at, f.responded_at,
  f.archived_at, f.vanished_at
FROM failures AS f LEFT JOIN names AS n ON n.account = f.account AND n.username = f.provider_username;

CREATE VIEW v_bet_totals AS
SELECT account, provider, axis_at AS quarter_at, currency, game_type, status, outcome, bets AS bet_count, stake,
  CASE WHEN valid_stake_scales > 0 THEN valid_stake END AS valid_stake, payout, net_win,
  CASE WHEN refund_scales > 0 THEN refund END AS refund,
  CASE WHEN jackpot_win_scales > 0 THEN jackpot_win END AS jackpot_win,
  CASE WHEN jackpot_contribution_scales > 0 THEN jackpot_contribution END AS jackpot_contribution,
  CASE WHEN rebate_scales > 0 THEN rebate END AS rebate, -net_win AS gross_gaming_revenue
FROM bet_quarters;

CREATE VIEW v_coverage AS
SELECT account, kind, to_timestamp(from_at / 1000.0) AS from_at, to_timestamp(to_at / 1000.0) AS to_at,
  to_timestamp(read_at / 1000.0) AS read_at, rows AS rows_seen, quarantined
FROM intervals;

COMMENT ON VIEW v_bets IS 'Every bet, one row each. Amounts are exact; add them up within one currency only. Filter by counted_at, the time by which ranges and totals select.';
COMMENT ON COLUMN v_bets.account IS 'The configured account the bet was read with';
COMMENT ON COLUMN v_bets.provider_bet_id IS 'The provider''s key: with account the bet''s identity, for ever';
COMMENT ON COLUMN v_bets.player IS 'The operator''s name of the player';
COMMENT ON COLUMN v_bets.provider_username IS 'The player''s name at the provider';
COMMENT ON COLUMN v_bets.counted_at IS 'The time on the feed''s axis: when the bet was settled, at HotRoad when it was last updated';
COMMENT ON COLUMN v_bets.net_win IS 'What the player won beyond the stake; gross gaming revenue is its negative sum';
COMMENT ON COLUMN v_bets.valid_stake IS 'The part of the stake that counts for turnover, where the provider says it';
COMMENT ON COLUMN v_bets.archived_at IS 'When this version was archived: never decreases, so a reader may go on from the largest it has seen';
COMMENT ON COLUMN v_bets.vanished_at IS 'Set when the provider did not list the bet any more at a later read of its time';
COMMENT ON VIEW v_transfers IS 'Every deposit and withdrawal, one row each; amount is signed as the provider sends it. Filter by created_at.';
COMMENT ON COLUMN v_transfers.player IS 'The operator''s name of the player';
COMMENT ON COLUMN v_transfers.amount IS 'Negative for a withdrawal';
COMMENT ON COLUMN v_transfers.archived_at IS 'When this version was archived: never decreases, so a reader may go on from the largest it has seen';
COMMENT ON VIEW v_failures IS 'Wallet callbacks as the provider recorded them, mostly failed ones. Filter by requested_at.';
COMMENT ON COLUMN v_failures.player IS 'The operator''s name of the player';
COMMENT ON COLUMN v_failures.status_code IS 'What the wallet answered the callback with';
COMMENT ON COLUMN v_failures.archived_at IS 'When this version was archived: never decreases, so a reader may go on from the largest it has seen';
COMMENT ON VIEW v_bet_totals IS 'Bets added up by quarter of an hour (UTC), account, currency, game type, status and outcome; kept in step with v_bets';
COMMENT ON COLUMN v_bet_totals.quarter_at IS 'The quarter''s start, on the axis of v_bets.counted_at';
COMMENT ON COLUMN v_bet_totals.gross_gaming_revenue IS 'The negative sum of net_win; nothing else deducted';
COMMENT ON VIEW v_coverage IS 'What was really read of each feed: intervals, half-open. A time in none of them was not read, and its rows may be missing.';
COMMENT ON COLUMN v_coverage.read_at IS 'When it was read: what the provider changed after that is not seen yet';
COMMENT ON COLUMN v_coverage.rows_seen IS 'Distinct rows of the interval; null where a later read took a part of it';
COMMENT ON COLUMN v_coverage.quarantined IS 'Rows that could not be read, set aside';
`,
  duckdb: null,
};
