import type { GapReason } from '../../records/coverage.ts';
import type { Interval } from '../../records/interval.ts';
import type { Quarantined, RecordKind, RecordOf } from '../../records/record.ts';
import type { Delay } from '../../upstream/call.ts';
import type { Turn } from '../../upstream/turn.ts';
import type { Feed } from '../feed.ts';
import type { Learnt } from './learnt.ts';

/** A piece of a window that was read. `interval` is null where its rows are not the whole truth of any interval. */
export interface Piece {
  readonly interval: Interval | null;
  /** When its first request left, by our wall clock: reads are ordered by it. */
  readonly readAt: number;
  /** What the provider's clock showed at least then: by this its instants are open, held or final. */
  readonly providerAt: number;
  readonly rows: readonly RecordOf[RecordKind][];
  readonly quarantined: readonly Quarantined[];
  /** How often a row was listed more than once, on pages that agree. */
  readonly duplicates: number;
  /** Fields of rows that the provider's document does not have. */
  readonly unknownFields: readonly string[];
}

/** A piece of a window that could not be read whole. */
export interface Unread extends Interval {
  readonly reason: GapReason;
  readonly message: string;
}

export interface ReadContext {
  readonly turn: Turn;
  /** After so many attempts that did not come in time a call is given back. @default as many as any others */
  readonly mostTimeouts?: number;
  readonly signal?: AbortSignal;
  readonly onDelay?: (delay: Delay) => void;
  /** The time a read is ordered by, for when it left by the wall clock. @default that itself */
  readonly stamp?: (wall: number) => number;
  /**
   * Resolves once what an answer said of the provider's clock is kept: what is held goes by it. @default it is known here
   * alone
   */
  readonly settled?: () => Promise<void>;
}

/** One interval that is being read: of which feed, under what, with what is known of the feed. */
export interface Reading {
  readonly feed: Feed;
  readonly part: Interval;
  readonly context: ReadContext;
  readonly learnt: Learnt;
  /** Hands over what is whole before the reading ends. */
  readonly deliver: (piece: Piece) => Promise<void>;
}

/** What asking for one interval came to. */
export type Outcome =
  | { readonly is: 'nothing to ask' }
  /** All of it was listed; `isRound` where its number of rows is one at which answers are cut. */
  | {
      readonly is: 'whole';
      readonly interval: Interval;
      readonly piece: Piece;
      readonly isRound: boolean;
    }
  /** Less is to be asked for: it was cut, refused, or contradicts itself. */
  | {
      readonly is: 'too much';
      readonly interval: Interval;
      readonly reason: GapReason;
      readonly message: string;
      /** Whether it shrinks with its interval for certain, rather than contradicting itself for ever. */
      readonly cut: boolean;
      /** Rows that were listed all the same. */
      readonly rest: Piece | null;
    };
