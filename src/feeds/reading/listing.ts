import type { Page } from '../../providers/provider.ts';
import type { Quarantined, RecordKind, RecordOf } from '../../records/record.ts';

type Row = RecordOf[RecordKind];

/** The rows of one answer or one pass, each key once. */
export interface Listing {
  readonly rows: readonly Row[];
  readonly quarantined: readonly Quarantined[];
  readonly unknownFields: readonly string[];
  /** Rows as they were sent, repeats and quarantined included, on pages that brought anything new. */
  readonly count: number;
  /** Distinct rows, the quarantined included. */
  readonly found: number;
  /** How often a row was listed again. */
  readonly duplicates: number;
  /** Whether two pages have different rows of one key and one version. */
  readonly disagrees: boolean;
  /** Tells one listing from another: its keys, and what was set aside. */
  readonly names: ReadonlySet<string>;
}

/** Gathers pages; two different rows of one key and one version are both set aside, as nobody can tell which is true. */
export function createListing() {
  const rows = new Map<string, Row>();
  const rivals = new Map<string, Row[]>();
  const keys = new Set<string>();
  const quarantined: Quarantined[] = [];
  const unknownFields = new Set<string>();
  const names = new Set<string>();
  let [count, repeats] = [0, 0];
  let disagrees = false;

  function take(row: Row, ofPage: Set<string>): void {
    const version = `${row.versionAt} ${row.key}`;
    const known = rows.get(version);
    const others = rivals.get(version) ?? [];
    if (known === undefined) {
      rows.set(version, row);
    } else if ([known, ...others].some(({ raw }) => raw === row.raw)) {
      repeats += 1;
    } else {
      rivals.set(version, [...others, row]);
      if (!ofPage.has(version)) disagrees = true;
    }
    ofPage.add(version);
    keys.add(row.key);
    names.add(row.key);
  }

  const found = () => keys.size + quarantined.length;

  return {
    found,
    /** Adds a page; returns how many of its rows were not listed before. */
    add(page: Page): number {
      const before = names.size;
      const ofPage = new Set<string>();
      for (const row of page.rows) take(row, ofPage);
      // What was set aside is told apart by its text and its place: two that are alike are two.
      for (const [index, { raw }] of page.quarantined.entries()) names.add(`${index} ${raw}`);
      quarantined.push(...page.quarantined);
      for (const name of page.unknownFields ?? []) unknownFields.add(name);
      const brought = names.size - before;
      if (brought > 0) count += page.count;
      return brought;
    },
    done(): Listing {
      const aside = [...rivals].flatMap(([version, others]) => [rows.get(version)!, ...others]);
      return {
        rows: [...rows].flatMap(([version, row]) => (rivals.has(version) ? [] : [row])),
        quarantined: [...quarantined, ...aside.map(asRival)],
        unknownFields: [...unknownFields],
        count,
        found: found(),
        duplicates: repeats,
        disagrees,
        names,
      };
    },
  };
}

function asRival({ key, raw }: Row): Quarantined {
  return {
    reason: `key: expected one row of ${key.slice(0, 80)} and one version, got another in one answer`,
    raw,
    key,
  };
}
