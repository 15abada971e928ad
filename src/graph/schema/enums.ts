import { gapReasons } from '../../records/coverage.ts';
import { type FieldSpec, vocabularies } from '../../records/field.ts';
import { kinds } from '../../records/kinds/kinds.ts';
import {
  type Dimension,
  groupFields,
  listOrders,
  type SummedField,
  summedFields,
} from '../../records/query.ts';
import { type RecordKind, recordKinds } from '../../records/record.ts';
import { sqlName } from '../../records/shape.ts';
import { registerEnumType } from './decorators.ts';

/** An enum whose values are their own names. */
export function enumOf<T extends string>(values: readonly T[]): { readonly [K in T]: K } {
  return Object.fromEntries(values.map((value) => [value, value])) as { readonly [K in T]: K };
}

type Words<T> = { readonly [K in keyof T]: string };

/** Names an enum in the graph, and describes each of its values. */
export function registerEnum<T extends object>(
  values: T,
  name: string,
  description: string,
  words: Words<T>,
): void {
  const valuesConfig = Object.fromEntries(
    Object.entries<string>(words as Record<string, string>).map(([value, text]) => [
      value,
      { description: text },
    ]),
  ) as { [K in keyof T]: { description: string } };
  registerEnumType(values, { name, description, valuesConfig });
}

export const RecordKindEnum = enumOf(recordKinds);
registerEnum(RecordKindEnum, 'RecordKind', 'The three kinds of rows that are collected.', {
  BET: 'Bets (also called rounds, spins or tickets).',
  TRANSFER: 'Money moved between the operator’s wallet and the provider’s.',
  SEQ_NO_FAILURE: 'Wallet callbacks of the provider that the operator answered with an error.',
});

export const TimeAxisEnum = enumOf(['SETTLED', 'PLACED'] as const);
registerEnum(
  TimeAxisEnum,
  'TimeAxis',
  'The time by which a bet belongs to a range, and by which lists are ordered.',
  {
    SETTLED:
      'When the result stood (`settledAt`; HotRoad: the last update). The accounting view: money is counted in the ' +
      'period in which it was won or lost. Most feeds are asked by this time, so it is also the quickest. Where one is asked ' +
      'by bet time (VertexPlay’s `timeAxis: betTime`), a bet settled in the range may have been placed before, so the coverage ' +
      'speaks of a range that begins earlier by the feed’s `settlesWithin`.',
    PLACED:
      'When the bet was made (`placedAt`; where the provider does not send it, the settlement time). The player’s view. ' +
      'A bet placed in the range may settle later, so the coverage speaks of a range longer by the feed’s `settlesWithin`, but ' +
      'for a feed that is asked by bet time.',
  },
);

export const WithdrawnEnum = { EXCLUDE: 'exclude', INCLUDE: 'include', ONLY: 'only' } as const;
registerEnum(WithdrawnEnum, 'Withdrawn', 'What is done about rows that their provider no longer lists.', {
  EXCLUDE: 'They are left out, as they are of every total.',
  INCLUDE: 'They are among the others; `withdrawnAt` tells them apart.',
  ONLY: 'They are all that is wanted.',
});

export const BetStatusEnum = enumOf(vocabularies.BetStatus);
registerEnum(BetStatusEnum, 'BetStatus', 'How far a bet has come.', {
  OPEN: 'Accepted, without a result yet.',
  SETTLED: 'The result stands and was paid.',
  REFUNDED: 'Given back, wholly or in part: see `refund`.',
  UNKNOWN: 'The provider sent a status its document does not explain: see `providerStatus`.',
});

export const BetOutcomeEnum = enumOf(vocabularies.BetOutcome);
registerEnum(BetOutcomeEnum, 'BetOutcome', 'How a bet ended, from the player’s side.', {
  WIN: 'The player got more than the stake.',
  LOSE: 'The player got less than the stake.',
  PUSH: 'The player got exactly the stake: a draw, or all of it given back.',
  UNKNOWN: 'The provider’s own words could not be read.',
});

export const TransferDirectionEnum = enumOf(vocabularies.TransferDirection);
registerEnum(TransferDirectionEnum, 'TransferDirection', 'Which way a transfer moved money.', {
  DEPOSIT: 'From the operator to the provider: `amount` is positive.',
  WITHDRAWAL: 'From the provider back to the operator: `amount` is negative.',
});

export const TransferStateEnum = enumOf(['ARRIVED', 'NOT_ARRIVED', 'NOT_YET_KNOWN'] as const);
registerEnum(TransferStateEnum, 'TransferState', 'What is known of a transfer that was sent.', {
  ARRIVED: 'The provider lists it: see `transfer`.',
  NOT_ARRIVED:
    'Proven absent: the provider was asked for the whole of `searched`, late enough for its records to be finished, and ' +
    'does not list it. Only this answer makes it safe to send the money again.',
  NOT_YET_KNOWN: 'Neither was found nor can be excluded yet. Ask again at `retryAt`.',
});

export const GapReasonEnum = enumOf(gapReasons);
registerEnum(GapReasonEnum, 'GapReason', 'Why a part of the asked range is not there.', {
  PENDING: 'Being fetched, or waiting for its turn: ask again at `retryAt`, or with a longer `maxWait`.',
  RATE_LIMITED: 'The provider allows no further call just now.',
  PROVIDER_ERROR: 'The provider did not answer, or answered with an error; it is tried again.',
  CREDENTIALS_REFUSED:
    'The provider refuses our credentials or signature: an operator must act; asked again at `retryAt`.',
  TOO_MANY_ROWS: 'A single second holds more rows than the provider gives in one answer.',
  QUARANTINED: 'Some of its rows could not be read and were set aside; the others are there.',
  BEYOND_RETENTION: 'Older than the provider keeps its rows, and never fetched in time: lost.',
  IN_FUTURE: 'Has not happened yet.',
});

export const FeedStateEnum = enumOf(['IDLE', 'OK', 'SLOWED', 'FAILING', 'STOPPED'] as const);
registerEnum(FeedStateEnum, 'FeedState', 'How a feed has fared lately.', {
  IDLE: 'Was not called since the gateway started.',
  OK: 'The last call succeeded.',
  SLOWED: 'Waits because the provider asked us to call less often.',
  FAILING: 'The last calls failed; they are tried again.',
  STOPPED:
    'The credentials or the signature were refused: an operator should act. The provider is asked again at `retryAt`, after ' +
    'five minutes, and after twice as long each time it refuses again, up to an hour. Or an admin has paused the account.',
});

function dimensionsOf<K extends RecordKind>(kind: K): { readonly [D in Dimension<K>]: D } {
  const names = ['HOUR', 'DAY', 'WEEK', 'MONTH', ...Object.keys(groupFields[kind])];
  // The names are the keys of the table the type comes from.
  return enumOf(names) as unknown as { readonly [D in Dimension<K>]: D };
}

/** How dimensions that several kinds have are described. */
const periodWords = {
  HOUR: 'The clock hour, in `timeZone`.',
  DAY: 'The day in `timeZone`, from `dayStartsAt` to the next.',
  WEEK: 'The ISO week (Monday to Sunday) in `timeZone`.',
  MONTH: 'The calendar month in `timeZone`.',
};
const ACCOUNT_WORDS = 'The configured account at the provider.';
const PLAYER_WORDS = 'The player, by the operator’s name.';
const DIMENSION_WORDS =
  'What totals can be grouped by. At most one of HOUR, DAY, WEEK and MONTH; any of the others together.';

export const BetDimensionEnum = dimensionsOf('BET');
registerEnum(BetDimensionEnum, 'BetDimension', DIMENSION_WORDS, {
  ...periodWords,
  PROVIDER: 'The supplier of the game.',
  ACCOUNT: ACCOUNT_WORDS,
  CURRENCY: 'The currency. Needed for money fields as soon as a group has more than one.',
  GAME: 'The provider’s game code.',
  GAME_TYPE: 'The provider’s type of game, such as `LIVE` or `SLOT`.',
  BET_TYPE: 'The kind of bet within the game, such as `Banker`.',
  PLAYER: PLAYER_WORDS,
  STATUS: 'How far the bets have come.',
  OUTCOME: 'How the bets ended.',
});

export const TransferDimensionEnum = dimensionsOf('TRANSFER');
registerEnum(TransferDimensionEnum, 'TransferDimension', DIMENSION_WORDS, {
  ...periodWords,
  PROVIDER: 'The supplier the money went to or came from.',
  ACCOUNT: ACCOUNT_WORDS,
  CURRENCY: 'The currency. Needed for money fields as soon as a group has more than one.',
  PLAYER: PLAYER_WORDS,
  DIRECTION: 'Which way the money went.',
});

export const SeqNoDimensionEnum = dimensionsOf('SEQ_NO_FAILURE');
registerEnum(SeqNoDimensionEnum, 'SeqNoDimension', DIMENSION_WORDS, {
  ...periodWords,
  PROVIDER: 'The supplier that called.',
  ACCOUNT: ACCOUNT_WORDS,
  PLAYER: PLAYER_WORDS,
  EVENT: 'What the callbacks were to do, such as `increaseCredit`.',
  STATUS_CODE: 'The code with which the operator’s wallet answered.',
  SUCCEEDED: 'Whether the answer was a success (200 or 201).',
});

type Measures<Measure extends string> = Readonly<
  Record<string, { readonly measure: Measure; readonly words: string }>
>;

/** What totals can be ordered by; the values are the row's field names. */
function registerMeasures<Measure extends string>(
  name: string,
  description: string,
  measures: Measures<Measure>,
) {
  const entries = Object.entries(measures);
  const values = Object.fromEntries(entries.map(([value, { measure }]) => [value, measure]));
  registerEnum(
    values,
    name,
    description,
    Object.fromEntries(entries.map(([value, { words }]) => [value, words])),
  );
  return values as Readonly<Record<string, Measure>>;
}

/** The sums of a kind's table; `STAKE` for `stake`, `VALID_STAKE` for `validStake`. */
function sumsOf<K extends RecordKind>(kind: K): Measures<SummedField<K>> {
  const fields: Readonly<Record<string, FieldSpec>> = kinds[kind].fields;
  return Object.fromEntries(
    summedFields(kind).map((name) => [
      sqlName(name).toUpperCase(),
      { measure: name, words: fields[name]?.summed?.measure ?? '' },
    ]),
  );
}

export type BetMeasure =
  | SummedField<'BET'>
  | 'betCount'
  | 'playerCount'
  | 'roundCount'
  | 'grossGamingRevenue'
  | 'returnToPlayer'
  | 'hold';
export const BetMeasureEnum = registerMeasures<BetMeasure>(
  'BetMeasure',
  'A figure of a totals row to order by.',
  {
    BET_COUNT: { measure: 'betCount', words: 'How many bets.' },
    PLAYER_COUNT: { measure: 'playerCount', words: 'How many different players.' },
    ROUND_COUNT: { measure: 'roundCount', words: 'How many different rounds.' },
    ...sumsOf('BET'),
    GROSS_GAMING_REVENUE: { measure: 'grossGamingRevenue', words: 'GGR, the house’s win.' },
    RETURN_TO_PLAYER: { measure: 'returnToPlayer', words: 'RTP.' },
    HOLD: { measure: 'hold', words: 'GGR as a part of turnover.' },
  },
);

const { AMOUNT, ...otherTransferSums } = sumsOf('TRANSFER');
export type TransferMeasure =
  | SummedField<'TRANSFER'>
  | 'transferCount'
  | 'playerCount'
  | 'deposits'
  | 'withdrawals';
export const TransferMeasureEnum = registerMeasures<TransferMeasure>(
  'TransferMeasure',
  'A figure of a transfer totals row to order by.',
  {
    TRANSFER_COUNT: { measure: 'transferCount', words: 'How many transfers.' },
    PLAYER_COUNT: { measure: 'playerCount', words: 'How many different players.' },
    ...(AMOUNT && { AMOUNT }),
    DEPOSITS: { measure: 'deposits', words: 'What went to the provider.' },
    WITHDRAWALS: {
      measure: 'withdrawals',
      words: 'What came back: negative, so the smallest is the most.',
    },
    ...otherTransferSums,
  },
);

export const SeqNoMeasureEnum = {
  COUNT: 'count',
  FAILED_COUNT: 'failedCount',
  PLAYER_COUNT: 'playerCount',
} as const;
registerEnum(SeqNoMeasureEnum, 'SeqNoMeasure', 'A figure of a wallet callback totals row to order by.', {
  COUNT: 'How many callbacks.',
  FAILED_COUNT: 'How many of them failed.',
  PLAYER_COUNT: 'How many different players.',
});

export const BetOrderEnum = enumOf(listOrders);
registerEnum(BetOrderEnum, 'BetOrder', 'The order of a list of bets.', {
  NEWEST: 'By the time the range selects by, the newest first.',
  OLDEST: 'By the time the range selects by, the oldest first.',
  STAKE: 'By stake, the largest first.',
  NET_WIN: 'By net win, the player’s largest win first.',
});

export const SortDirectionEnum = enumOf(['ASC', 'DESC'] as const);
registerEnum(SortDirectionEnum, 'SortDirection', 'Which end comes first.', {
  ASC: 'The smallest first.',
  DESC: 'The largest first.',
});
