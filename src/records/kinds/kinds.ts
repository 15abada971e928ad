import { bet } from './bet.ts';
import { seqNoFailure } from './seq-no-failure.ts';
import { transfer } from './transfer.ts';

/** The kinds of records there are, each with the one table of its fields. */
export const kinds = { BET: bet, TRANSFER: transfer, SEQ_NO_FAILURE: seqNoFailure } as const;

export type Kinds = typeof kinds;
