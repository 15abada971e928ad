import type { Interval } from '../records/interval.ts';

/** What happened at one provider of the demo's casino: a pure function of time, endless both ways. */
export interface Casino {
  /** Bets that settled in `[from, to)`, oldest first. */
  bets(interval: Interval): readonly CasinoBet[];
  /** Money moved in `[from, to)`, oldest first. */
  transfers(interval: Interval): readonly CasinoTransfer[];
  /** Wallet callbacks begun in `[from, to)`, oldest first. */
  callbacks(interval: Interval): readonly CasinoCallback[];
}

/** One settled bet; amounts in the smallest unit of its currency that the casino uses, see `scale`. */
export interface CasinoBet {
  /** Unique at its provider; digits alone. */
  readonly id: string;
  readonly username: string;
  readonly game: { readonly code: string; readonly type: string };
  readonly roundId: string;
  readonly currency: string;
  /** How many decimals the amounts have. */
  readonly scale: number;
  readonly stake: bigint;
  readonly payout: bigint;
  readonly jackpotWin: bigint;
  readonly placedAt: number;
  readonly settledAt: number;
  /** What of its row cannot be read. @default nothing */
  readonly spoilt?: 'amount' | 'player';
}

export interface CasinoTransfer {
  readonly code: string;
  readonly username: string;
  readonly scale: number;
  /** Negative for a withdrawal. */
  readonly amount: bigint;
  readonly before: bigint;
  readonly at: number;
}

export interface CasinoCallback {
  readonly seqNo: string;
  readonly username: string;
  readonly event: string;
  readonly status: number;
  readonly at: number;
  readonly answeredAt: number | null;
}
