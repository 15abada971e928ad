import { LosslessNumber } from 'lossless-json';
import type { StoredRecord } from '../../../src/archive/archive.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import type { RecordKind } from '../../../src/records/record.ts';
import type { Body, Tree } from './body.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What the suite must know of a feed's protocol to spoil it; bodies are what the provider would send. */
export interface FeedUnderTest {
  readonly provider: Provider;
  readonly kind: RecordKind;
  /** Its column in `docs/faults.md`. */
  readonly title: string;
  readonly path: string;
  /** What its sandbox notes such a call as. @default the path */
  readonly operation?: string;
  /** How its answers are read and spelt. @default JSON */
  readonly body?: Body;
  /** What is told of answers that say how to go on; absent where they are numbered or come whole. */
  readonly cursor?: {
    /** Why rows that come in meanwhile cannot shift what is still to be listed. */
    readonly steady: string;
    /** The same answer with none of its rows yet, going on where they begin. */
    readonly emptied: (answer: Tree) => Tree;
  };
  /** The option that sets how many rows a page has; null where an answer comes whole. */
  readonly pageOption: string | null;
  /** Where the rows stand in an answer, and where their number over all pages. */
  readonly list: readonly string[];
  readonly total: readonly string[] | null;
  readonly id: string;
  readonly user: string;
  readonly time: string;
  readonly spellTime: (at: number) => unknown;
  readonly nonsenseTimes: readonly unknown[];
  /** A required field that holds a whole number and no time. */
  readonly number?: string;
  /** A required amount, and where it is in the record; null where rows carry no money. */
  readonly amount: { readonly name: string; readonly of: (record: StoredRecord) => string | null } | null;
  readonly currency: string | null;
  /** Values no document knows, and what becomes of them; null where rows have none that are closed. */
  readonly unknown: { readonly row: Row; readonly record: object } | null;
  /** The same row in a later version; `versioned` says whether the provider tells versions apart. */
  readonly corrected: (row: Row, at: number) => Row;
  readonly versioned: boolean;
  /** The same row with other content and the same version. */
  readonly changed: Row;
  readonly rateLimits: readonly string[];
  readonly unknownCode: { readonly body: string; readonly code: string };
  /** An account whose signature does not verify, and what the message must name; null where nothing is signed. */
  readonly wrongSignature: {
    readonly account: () => { readonly credentials?: Row; readonly options?: Row };
    readonly names: RegExp;
  } | null;
  /** Where a session's token is asked for; null where there are no sessions. */
  readonly login: string | null;
  /** What credentials look like on the wire, where not as they are configured: no more to be told than they are. */
  readonly sentSecrets?: (credentials: Row) => readonly string[];
}

export const exact = (digits: string) => new LosslessNumber(digits);

export const stakeOf = (record: StoredRecord) => ('stake' in record ? record.stake : null);
export const amountOf = (record: StoredRecord) => ('amount' in record ? record.amount : null);
