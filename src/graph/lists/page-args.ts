import { BadUserInputError } from '../../errors.ts';
import type { ListOrder } from '../../records/query.ts';
import type { RecordKind } from '../../records/record.ts';
import { tableName } from '../../records/shape.ts';
import type { RequestContext } from '../context.ts';
import { ArgsType, Field, Int } from '../schema/decorators.ts';
import { Duration } from '../schema/scalars.ts';
import { DEFAULT_MAX_WAIT_MS } from '../selection/checks.ts';
import { type CursorScope, decodeCursor, isByAmount, type ListPlace } from './cursor.ts';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 1_000;

@ArgsType()
export class WaitArgs {
  @Field(() => Duration, {
    nullable: true,
    defaultValue: DEFAULT_MAX_WAIT_MS,
    description:
      'How long to wait for rows that still have to be fetched from a provider. When it is over the answer holds what ' +
      'is there, its coverage names the gaps, and the fetching goes on: ask again at `retryAt`. `"0s"` answers from the archive at once, and nothing is fetched. ' +
      'Null means `"2s"`.',
  })
  maxWait?: number | null;
}

@ArgsType()
export class PageArgs extends WaitArgs {
  @Field(() => Int, {
    nullable: true,
    description: `How many rows from the newest on (after \`after\`), 0 to ${MAX_PAGE_SIZE}. ${DEFAULT_PAGE_SIZE} where neither \`first\` nor \`last\` is given.`,
  })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only rows older than the one with this cursor: `pageInfo.endCursor` of the page before.',
  })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: `How many rows from the oldest end (before \`before\`), 0 to ${MAX_PAGE_SIZE}; they still come newest first. Not together with \`first\`.`,
  })
  last?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only rows newer than the one with this cursor: `pageInfo.startCursor` of the page after.',
  })
  before?: string | null;
}

/** A part of a list. */
export interface PageWindow {
  readonly order: ListOrder;
  readonly limit: number;
  /** Whether it lies at the list's beginning (after `after`), or at its end (before `before`). */
  readonly end: 'first' | 'last';
  readonly after: ListPlace | null;
  readonly before: ListPlace | null;
}

/** The part of a list that is asked for; anything that cannot be is a BadUserInputError naming the argument. */
export function toPageWindow(context: RequestContext, scope: CursorScope, args: PageArgs): PageWindow {
  const { first = null, last = null, after = null, before = null } = args;
  if (first !== null && last !== null) {
    throw new BadUserInputError(`first, last: expected one of them, got first ${first} and last ${last}`);
  }
  const { order = 'NEWEST' } = scope;
  // Such an order is walked from one place on, in one direction.
  const across = last === null ? before : after;
  if (isByAmount(order) && across !== null) {
    throw new BadUserInputError(
      `${last === null ? 'before' : 'after'}: not together with ${last === null ? 'first' : 'last'} in the order ${order}`,
    );
  }
  return {
    order,
    limit:
      last === null
        ? checkPage(scope.kind, 'first', first ?? DEFAULT_PAGE_SIZE)
        : checkPage(scope.kind, 'last', last),
    end: last === null ? 'first' : 'last',
    after: after === null ? null : decodeCursor(context, scope, 'after', after),
    before: before === null ? null : decodeCursor(context, scope, 'before', before),
  };
}

/** As `checkSize`, for a page of rows: whoever wants more is shown what gives all of them. */
function checkPage(kind: RecordKind, field: string, size: number): number {
  if (size > MAX_PAGE_SIZE) {
    throw new BadUserInputError(
      `${tooMany(field, size)}; all rows of a range: GET /export/${tableName[kind]}.ndjson, what is new or changed: the query changes`,
    );
  }
  return checkSize(field, size);
}

/** A number of rows that may be asked for at once. */
export function checkSize(field: string, size: number): number {
  if (size >= 0 && size <= MAX_PAGE_SIZE) return size;
  throw new BadUserInputError(tooMany(field, size));
}

function tooMany(field: string, size: number): string {
  return `${field}: expected 0 to ${MAX_PAGE_SIZE}, got ${size}`;
}
