import type { Feed as ConfiguredFeed, FeedHealth as Health } from '../../feeds/feed.ts';
import type { FeedLimits as Limits } from '../../providers/provider.ts';
import { countRows, type LatenessHistogram, proposedLag, rowsLaterThan } from '../../records/lateness.ts';
import { allowedPerMinute } from '../../records/pace.ts';
import type { RecordKind } from '../../records/record.ts';
import { encodeId } from '../rows/ids.ts';
import { Field, ID, Int, ObjectType } from '../schema/decorators.ts';
import { FeedStateEnum, RecordKindEnum } from '../schema/enums.ts';
import { DateTime, Duration } from '../schema/scalars.ts';
import { Account, toAccount } from './type.ts';

@ObjectType({ simpleResolvers: true, description: 'So many calls in so much time.' })
export class CallQuota {
  @Field(() => Int, { description: 'How many calls.' })
  calls!: number;

  @Field(() => Duration, { description: 'In how much time.' })
  per!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'What the provider allows and how its news settles, as in force for this feed: its document’s values, or the operator’s.',
})
export class FeedLimits {
  @Field(() => Duration, {
    nullable: true,
    description: 'The longest span one call may ask for; null where there is no limit.',
  })
  maxWindow!: number | null;

  @Field(() => Duration, { description: 'The length of a window, the piece in which the provider is asked.' })
  grid!: number;

  @Field(() => Duration, {
    description:
      'The least time between two calls: the provider’s own, or a courtesy of ours where its document states no pace.',
  })
  minInterval!: number;

  @Field(() => CallQuota, {
    nullable: true,
    description: 'How many calls are allowed in a time; null where there is no quota.',
  })
  quota!: CallQuota | null;

  @Field(() => Duration, {
    nullable: true,
    description:
      'How long the provider keeps its rows: what was not fetched by then is lost. Null where it states no end.',
  })
  retention!: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'The most rows in one answer; a window that full is asked again in halves. Null where answers come in pages.',
  })
  rowCap!: number | null;

  @Field(() => Duration, {
    description: 'How long after its end a window may still lack rows; one read earlier is read again.',
  })
  settlementLag!: number;

  @Field(() => Duration, {
    description: 'How old such an early read may be before the window is read again when asked for.',
  })
  openMaxAge!: number;

  @Field(() => Duration, {
    description:
      'How long after a read that missed an archived row another must miss it too before the row is withdrawn.',
  })
  confirmAfter!: number;

  @Field(() => Duration, {
    description: 'Within how long a bet placed now is settled; ranges by PLACED look that much further.',
  })
  settlesWithin!: number;

  @Field(() => Duration, { description: 'How long one call may take.' })
  timeout!: number;

  @Field(() => Int, {
    description: 'How often a call is tried before its window is left as a gap for later.',
  })
  maxAttempts!: number;
}

@ObjectType({ simpleResolvers: true, description: 'How a feed has fared lately, in this process.' })
export class FeedHealth {
  @Field(() => FeedStateEnum, { description: 'The state in one word.' })
  state!: Health['state'];

  @Field(() => DateTime, {
    nullable: true,
    description: 'The last call that succeeded; null before the first.',
  })
  lastSuccessAt!: number | null;

  @Field(() => DateTime, { nullable: true, description: 'The last call that failed; null before the first.' })
  lastFailureAt!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'What went wrong, and what to do about it where that is known; null when well.',
  })
  message!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When it is called again after a failure, a refusal or a slow-down; null when well.',
  })
  retryAt!: number | null;

  @Field(() => Int, { description: 'How many windows wait for a call.' })
  queued!: number;

  @Field(() => Int, { description: 'How many windows are being read.' })
  reading!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'How far the provider’s clock is ahead of ours, as the dates of its answers tell: somewhere between the two, since a date ' +
    'has whole seconds and a call takes time. Negative where it is behind.',
})
export class ClockOffset {
  @Field(() => Int, { description: 'At the least; milliseconds.' })
  leastMs!: number;

  @Field(() => Int, { description: 'At the most; milliseconds.' })
  mostMs!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'How often this process called the provider in the last minute, and how often it may be called.',
})
export class FeedPace {
  @Field(() => Int, { description: 'The calls made for the account that share this feed’s pace.' })
  calls!: number;

  @Field(() => Int, {
    description: 'Those of them that the provider refused, since it wants to be called less often.',
  })
  refused!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'The most calls a minute by the limits in force, shared by all that call under one rule of the provider; null without a bound.',
  })
  allowedPerMinute!: number | null;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'So many rows that were first listed at most so long after their time, and later than the step before.',
})
export class LatenessStep {
  @Field(() => Duration, { description: 'How long after their time, at the most.' })
  within!: number;

  @Field(() => Int, { description: 'How many rows.' })
  rows!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'How long after its time each row was first listed, by the time the feed is asked by and the provider’s clock. Counted are ' +
    'rows whose time was looked at while it was young, or before without them: of others, read by a backfill, nobody can ' +
    'tell. A row may have been listed a little sooner than it was asked for, so these are upper bounds.',
})
export class Lateness {
  @Field(() => DateTime, { description: 'From which day’s reads on.' })
  since!: number;

  @Field(() => Int, { description: 'How many rows were counted.' })
  rows!: number;

  @Field(() => Int, { description: 'Those of them that came later than `limits.settlementLag`.' })
  late!: number;

  @Field(() => Duration, {
    nullable: true,
    description:
      'What 99.9 % of the rows came within, as a `settlementLag` to consider; null with fewer than 1,000 rows.',
  })
  proposedLag!: number | null;

  @Field(() => [LatenessStep], { description: 'The rows by how late they came, the least first.' })
  steps!: readonly LatenessStep[];
}

/** What a feed's histogram says beside the lag it waits for. */
export function toLateness(histogram: LatenessHistogram, since: number, settlementLag: number): Lateness {
  return {
    since,
    rows: countRows(histogram),
    late: rowsLaterThan(histogram, settlementLag),
    proposedLag: proposedLag(histogram),
    steps: histogram.map(({ withinMs, rows }) => ({ within: withinMs, rows })),
  };
}

@ObjectType({
  simpleResolvers: true,
  description: 'One kind of rows of one account: the unit in which providers are asked.',
})
export class Feed {
  /** The feed itself, for the resolvers of what is computed. */
  readonly configured!: ConfiguredFeed;

  @Field(() => ID, { description: 'An opaque id, the same for ever, by which a cache can tell feeds apart.' })
  id!: string;

  @Field(() => Account, { description: 'The account.' })
  account!: Account;

  @Field(() => RecordKindEnum, { description: 'The kind of rows.' })
  kind!: RecordKind;

  @Field(() => FeedLimits, { description: 'The limits in force.' })
  limits!: Limits;

  @Field(() => ClockOffset, {
    nullable: true,
    description:
      'The provider’s clock against ours over the last 10 minutes; null where its answers carry no date.',
  })
  clockOffset!: ClockOffset | null;

  @Field(() => Boolean, {
    description:
      'Whether an admin has paused its account: the provider is asked nothing until it is resumed.',
  })
  paused!: boolean;

  @Field(() => FeedPace, { description: 'The calls of the last minute, and how many are allowed.' })
  pace!: FeedPace;
}

export function toFeed(configured: ConfiguredFeed): Feed {
  const { account, kind, limits, upstream } = configured;
  const calls = upstream?.calls() ?? { calls: 0, refused: 0 };
  return {
    configured,
    id: encodeId('Feed', account.id, kind),
    account: toAccount(account),
    kind,
    limits,
    clockOffset: upstream?.clock.offset() ?? null,
    paused: (upstream?.paused() ?? null) !== null,
    pace: { ...calls, allowedPerMinute: allowedPerMinute(configured.pace) },
  };
}
