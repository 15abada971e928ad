import { defineKind } from '../field.ts';

/** One bet, from the player’s side: `netWin` is what the player won beyond the stake. */
export const bet = defineKind({
  name: 'Bet',
  table: 'bets',
  key: {
    name: 'providerBetId',
    description:
      'The provider’s own key of the bet, unique within the account. Quote it when you ask the provider.',
  },
  player: 'Who bet.',
  fields: {
    gameCode: {
      type: 'text',
      nullable: true,
      description: 'The provider’s code of the game; null where it sends none.',
    },
    gameType: {
      type: 'text',
      nullable: true,
      description: 'The provider’s type of game, such as `LIVE` or `SLOT`; null where it sends none.',
    },
    betType: {
      type: 'text',
      nullable: true,
      description: 'What was bet on within the game, such as `Banker`; null where the provider sends none.',
    },
    brand: {
      type: 'text',
      nullable: true,
      description: 'The game’s brand; null where the provider sends none.',
    },
    tableId: {
      type: 'text',
      nullable: true,
      description: 'The live table; null where the provider sends none.',
    },
    roundId: {
      type: 'text',
      nullable: true,
      description:
        'The round the bet belongs to; several bets may share it. Null where the provider sends none.',
    },
    roundStartedAt: {
      type: 'time',
      nullable: true,
      description: 'When that round began; null where the provider does not say.',
    },
    result: {
      type: 'texts',
      nullable: true,
      description:
        'The round’s result in the provider’s notation, such as the cards in the order dealt; an item is ' +
        'null where a card was not dealt, the list where the provider sends none.',
    },
    odds: {
      type: 'decimal',
      nullable: true,
      description: 'The odds as realised: −1 for a lost bet. Null where the provider sends none.',
    },
    orderId: {
      type: 'text',
      nullable: true,
      description: 'The provider’s order number; null where it sends none.',
    },
    transferId: {
      type: 'text',
      nullable: true,
      description: 'The provider’s wallet transaction; null where it sends none.',
    },
    sourceId: {
      type: 'text',
      nullable: true,
      description: 'Where the bet came from, by the provider’s code; null where it sends none.',
    },
    currency: {
      type: 'text',
      description: 'The currency of every amount of this bet, as the provider spells it.',
    },
    stake: {
      type: 'decimal',
      description: 'What was bet: turnover, or handle.',
      summed: {
        description: 'Σ stake: turnover, or handle.',
        measure: 'Turnover (handle). Money orders rows of one currency only.',
      },
    },
    validStake: {
      type: 'decimal',
      nullable: true,
      description:
        'The part of the stake that counts for bonuses and rebates (valid bet, effective turnover). ' +
        'HotRoad puts a whole round’s sum on one of its rows: add it up by round only. Null where the ' +
        'provider sends none.',
      summed: {
        description: 'Σ valid stake (effective turnover), of the bets that have one; null where none has.',
        measure: 'Turnover that counts for bonuses.',
        nullable: true,
      },
    },
    payout: {
      type: 'decimal',
      description:
        'What the player was paid, stake included; a jackpot or refund that the provider lists apart is ' +
        'not in it. HotRoad reports the win alone: there it is computed here as stake + net win.',
      summed: {
        description: 'Σ payout: what was paid out, stakes included.',
        measure: 'What was paid out.',
      },
    },
    netWin: {
      type: 'decimal',
      description:
        'What the player won beyond the stake, jackpots and refunds included; negative when lost. HotRoad ' +
        'reports it; for VertexPlay and OneAPI it is computed here as payout + jackpot win + refund − ' +
        'stake, without what the account’s options say the payout already holds.',
      summed: {
        description: 'Σ net win of the players; negative when the house won.',
        measure: 'What the players won or lost.',
      },
    },
    refund: {
      type: 'decimal',
      nullable: true,
      description: 'What was given back of the stake; null where the provider sends none.',
      summed: {
        description: 'Σ refund; 0 where none was sent.',
        measure: 'What was given back.',
      },
    },
    jackpotWin: {
      type: 'decimal',
      nullable: true,
      description: 'Jackpot won with this bet; null where the provider sends none.',
      summed: {
        description: 'Σ jackpots won; 0 where none was sent.',
        measure: 'Jackpots won.',
      },
    },
    jackpotContribution: {
      type: 'decimal',
      nullable: true,
      description: 'The part of the stake that went into jackpots; null where the provider sends none.',
      summed: {
        description: 'Σ paid into jackpots; 0 where none was sent.',
        measure: 'Paid into jackpots.',
      },
    },
    rebate: {
      type: 'decimal',
      nullable: true,
      description: 'Rebate or commission on this bet as the provider reports it; null where it sends none.',
      summed: {
        description: 'Σ rebate or commission; 0 where none was sent.',
        measure: 'Rebates and commission.',
      },
    },
    realStake: {
      type: 'decimal',
      nullable: true,
      nested: 'credits',
      description: 'Staked from the player’s own money.',
    },
    freeStake: {
      type: 'decimal',
      nullable: true,
      nested: 'credits',
      description: 'Staked from free credit.',
    },
    promotionStake: {
      type: 'decimal',
      nullable: true,
      nested: 'credits',
      description: 'Staked from promotional credit.',
    },
    realNetWin: {
      type: 'decimal',
      nullable: true,
      nested: 'credits',
      description: 'Won or (negative) lost of the player’s own money.',
    },
    freeNetWin: {
      type: 'decimal',
      nullable: true,
      nested: 'credits',
      description: 'Won or (negative) lost of free credit.',
    },
    promotionNetWin: {
      type: 'decimal',
      nullable: true,
      nested: 'credits',
      description: 'Won or (negative) lost of promotional credit.',
    },
    status: {
      type: 'text',
      of: 'BetStatus',
      description: 'How far the bet has come.',
    },
    providerStatus: {
      type: 'text',
      description: 'The provider’s own word or number for the status.',
    },
    outcome: {
      type: 'text',
      of: 'BetOutcome',
      description:
        'How it ended for the player: the provider’s word where it sends one, else the sign of `netWin`.',
    },
    placedAt: {
      type: 'time',
      nullable: true,
      axis: 'PLACED',
      description: 'When the bet was made; null where the provider does not say.',
    },
    settledAt: {
      type: 'time',
      nullable: true,
      axis: 'SETTLED',
      description:
        'When the result stood (HotRoad: the last update), the time ranges select by; null while open.',
    },
    updatedAt: {
      type: 'time',
      description: 'The provider’s time of this version of the bet.',
    },
  },
  filters: {
    games: { field: 'gameCode', description: 'The providers’ game codes.' },
    gameTypes: { field: 'gameType', description: 'The providers’ types of games, such as `LIVE`.' },
    betTypes: { field: 'betType', description: 'Kinds of bets within a game, such as `Banker`.' },
    tables: { field: 'tableId', description: 'Live tables.' },
    currencies: { field: 'currency', description: 'Currencies, as the providers spell them.' },
    statuses: { field: 'status', description: 'How far the bets have come.' },
    outcomes: { field: 'outcome', description: 'How the bets ended.' },
    roundIds: { field: 'roundId', description: 'Rounds.' },
    providerBetIds: { field: 'key', description: 'The providers’ own keys of bets.' },
    minStake: {
      field: 'stake',
      single: true,
      bound: 'ge',
      description: 'Only stakes of this amount or more.',
    },
    maxStake: {
      field: 'stake',
      single: true,
      bound: 'le',
      description: 'Only stakes of this amount or less.',
    },
    minNetWin: {
      field: 'netWin',
      single: true,
      bound: 'ge',
      description: 'Only net wins of this amount or more; what a player loses is negative.',
    },
    maxNetWin: {
      field: 'netWin',
      single: true,
      bound: 'le',
      description: 'Only net wins of this amount or less.',
    },
  },
});
