import type { Migration } from './migration.ts';

const account = 'The configured account the row was read with';
const provider = 'The account’s provider';
const player = 'The operator’s name of the player';
const username = 'The player’s name at the provider';
const currency = 'ISO 4217 or the provider’s own code; add amounts up within one currency only';
const archivedAt =
  'When this version was archived: never decreases, so a reader may go on from the largest it has seen';
const vanishedAt = 'Set when the provider did not list the row any more at a later read of its time';
const added = {
  first_archived_at: 'When the first version was archived: never moves, so rows may be partitioned by it',
  id: 'The row’s id in the graph, exports and OData',
};

/** The columns of each view of rows in their order, with what is said of them; those of 0004 come first and stay. */
const rows = {
  bets: {
    type: 'Bet',
    about:
      'Every bet, one row each, without withdrawn ones. Amounts are exact; add them up within one currency only. Filter by counted_at, the time by which ranges and totals select.',
    columns: {
      account,
      provider,
      provider_bet_id: 'The provider’s key: with account the bet’s identity, for ever',
      player,
      provider_username: username,
      game_code: 'The provider’s code of the game',
      game_type: 'The provider’s kind of game; null where it says none',
      bet_type: 'What was bet on, in the provider’s words',
      brand: 'The game’s maker, where the provider says it',
      table_id: 'The table it was played at',
      round_id: 'The round it belongs to',
      round_started_at: 'When the round began',
      odds: 'The odds it was placed at',
      order_id: 'The provider’s order number',
      transfer_id: 'The transfer that moved the money, where the provider says it',
      source_id: 'The provider’s number of where it was placed',
      currency,
      stake: 'What was put at stake',
      valid_stake: 'The part of the stake that counts for turnover, where the provider says it',
      payout: 'What was paid back, the stake included',
      net_win: 'What the player won beyond the stake; gross gaming revenue is its negative sum',
      refund: 'What was given back of the stake',
      jackpot_win: 'What was won of a jackpot',
      jackpot_contribution: 'What went into a jackpot',
      rebate: 'What was given back as a rebate',
      real_stake: 'The part of the stake in real money',
      free_stake: 'The part of the stake in free credit',
      promotion_stake: 'The part of the stake in promotion credit',
      real_net_win: 'The part of the net win in real money',
      free_net_win: 'The part of the net win in free credit',
      promotion_net_win: 'The part of the net win in promotion credit',
      status: 'Where the bet stands, in one set of words over all providers',
      provider_status: 'Where the bet stands, in the provider’s words',
      outcome: 'How it ended, in one set of words over all providers',
      counted_at:
        'The time by which ranges and totals select: when the bet was settled, at HotRoad when it was last updated',
      placed_at: 'When it was placed',
      settled_at: 'When it was settled',
      updated_at: 'When the provider last changed it',
      archived_at: archivedAt,
      vanished_at: vanishedAt,
      ...added,
    },
  },
  transfers: {
    type: 'Transfer',
    about:
      'Every deposit and withdrawal, one row each, without withdrawn ones; amount is signed as the provider sends it. Filter by created_at.',
    columns: {
      account,
      provider,
      transaction_code: 'The provider’s key: with account the transfer’s identity, for ever',
      player,
      provider_username: username,
      direction: 'Whether money went to the provider or came from it',
      currency,
      amount: 'Negative for a withdrawal',
      free_credit: 'The part in free credit',
      balance_before: 'The player’s balance before it',
      balance_after: 'The player’s balance after it',
      free_credit_before: 'The player’s free credit before it',
      free_credit_after: 'The player’s free credit after it',
      real_credit_before: 'The player’s real credit before it',
      created_at: 'When it was made: the time by which ranges and totals select',
      archived_at: archivedAt,
      vanished_at: vanishedAt,
      ...added,
    },
  },
  failures: {
    type: 'SeqNoFailure',
    about:
      'Wallet callbacks as the provider recorded them, mostly failed ones, without withdrawn ones. Filter by requested_at.',
    columns: {
      account,
      provider,
      key: 'The row’s key: with account its identity, for ever',
      seq_no: 'The provider’s sequence number',
      player,
      provider_username: username,
      event: 'What was called back about',
      status_code: 'What the wallet answered the callback with',
      status_meaning: 'What that answer means',
      succeeded: 'Whether the callback succeeded',
      requested_at: 'When it was sent: the time by which ranges and totals select',
      responded_at: 'When it was answered',
      archived_at: archivedAt,
      vanished_at: vanishedAt,
      ...added,
    },
  },
};

const others = {
  v_bet_totals: {
    account,
    provider,
    quarter_at: 'The quarter’s start, on the axis of v_bets.counted_at',
    currency,
    game_type: 'The provider’s kind of game',
    status: 'Where the bets stand',
    outcome: 'How they ended',
    bet_count: 'How many bets',
    stake: 'Sum of stakes',
    valid_stake: 'Sum of valid stakes; null where no bet says one',
    payout: 'Sum of payouts',
    net_win: 'Sum of net wins',
    refund: 'Sum of refunds; null where no bet says one',
    jackpot_win: 'Sum of jackpot wins; null where no bet says one',
    jackpot_contribution: 'Sum of jackpot contributions; null where no bet says one',
    rebate: 'Sum of rebates; null where no bet says one',
    gross_gaming_revenue: 'The negative sum of net_win; nothing else deducted',
  },
  v_coverage: {
    account,
    kind: 'BET, TRANSFER or SEQ_NO_FAILURE',
    from_at: 'The part’s start, included',
    to_at: 'The part’s end, not included',
    read_at: 'When it was read: what the provider changed after that is not seen yet; null for a gap',
    rows_seen: 'Distinct rows of the part; null for a gap, and where a later read took a part of it',
    quarantined: 'Rows that could not be read, set aside; null for a gap',
    state: 'HELD where it was read, GAP where nothing between two parts that were read was',
  },
};

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const comment = (view: string, columns: Readonly<Record<string, string>>) =>
  Object.entries(columns).map(([name, said]) => `COMMENT ON COLUMN ${view}.${name} IS ${quoted(said)};\n`);

// Names of the views' columns that the tables call otherwise.
const stored: Readonly<Record<string, string>> = {
  provider_bet_id: 't.key',
  transaction_code: 't.key',
  player: 'coalesce(n.player, t.provider_username)',
};

function rowViews(table: keyof typeof rows): string {
  const { type, about, columns } = rows[table];
  const json = `'["${type}",' || to_json(t.account)::text || ',' || to_json(t.key)::text || ']'`;
  const id = `translate(rtrim(replace(encode(convert_to(${json}, 'UTF8'), 'base64'), chr(10), ''), '='), '+/', '-_')`;
  const listed = Object.keys(columns).map((name) =>
    name === 'id' ? `${id} AS id` : `${stored[name] ?? `t.${name}`} AS ${name}`,
  );
  const from = `FROM ${table} AS t LEFT JOIN names AS n ON n.account = t.account AND n.username = t.provider_username`;
  const [view, withdrawn] = [`v_${table}`, `v_withdrawn_${table}`];
  const withdrawnColumns = {
    ...columns,
    withdrawn_at: 'When it was withdrawn: a second read confirmed that the provider lists it no more',
  };
  return `
CREATE OR REPLACE VIEW ${view} AS SELECT ${listed.join(', ')} ${from} WHERE t.withdrawn_at IS NULL;
CREATE VIEW ${withdrawn} AS SELECT ${listed.join(', ')}, t.withdrawn_at ${from} WHERE t.withdrawn_at IS NOT NULL;
COMMENT ON VIEW ${view} IS ${quoted(about)};
COMMENT ON VIEW ${withdrawn} IS ${quoted(`Rows that were in ${view} until the provider took them back; they count in no total.`)};
${comment(view, columns).join('')}${comment(withdrawn, withdrawnColumns).join('')}`;
}

/**
 * The views with ids, withdrawn rows in views of their own, gaps between what was read, and a comment on every column;
 * and an index by which bets are found by when they were settled.
 */
export const viewsComplete: Migration = {
  id: 17,
  name: 'views-complete',
  release: '0.2.0',
  postgres: `${rowViews('bets')}${rowViews('transfers')}${rowViews('failures')}
CREATE OR REPLACE VIEW v_coverage AS
SELECT account, kind, to_timestamp(from_at / 1000.0) AS from_at, to_timestamp(to_at / 1000.0) AS to_at,
  to_timestamp(read_at / 1000.0) AS read_at, rows AS rows_seen, quarantined, 'HELD' AS state
FROM intervals
UNION ALL
SELECT account, kind, to_timestamp(to_at / 1000.0), to_timestamp(next_at / 1000.0), NULL, NULL, NULL, 'GAP'
FROM (SELECT account, kind, to_at, lead(from_at) OVER (PARTITION BY account, kind ORDER BY from_at) AS next_at
  FROM intervals) AS parts WHERE next_at > to_at;
COMMENT ON VIEW v_coverage IS 'What was really read of each feed, and the gaps between: parts of time, half-open. A time in no HELD part was not read, and its rows may be missing.';
${comment('v_bet_totals', others.v_bet_totals).join('')}${comment('v_coverage', others.v_coverage).join('')}
CREATE INDEX bets_settled ON bets USING brin (settled_at) WITH (pages_per_range = 32, autosummarize = on);
`,
  duckdb: null,
};
