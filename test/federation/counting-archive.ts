import type { Archive } from '../../src/archive/archive.ts';

/** How often each kind of read was made of an archive, and of how many keys. */
export interface Reads {
  byKeys: { readonly kind: string; readonly keys: number }[];
  page: number;
  count: number;
  coverage: number;
  usernames: number;
}

export const noReads = (): Reads => ({ byKeys: [], page: 0, count: 0, coverage: 0, usernames: 0 });

/** An archive that counts what is read of it; set `reads` to `noReads()` by `Object.assign` to begin anew. */
export function createCountingArchive(archive: Archive): {
  readonly archive: Archive;
  readonly reads: Reads;
} {
  const reads = noReads();
  const counting: Archive = {
    ...archive,
    byKeys(kind, ids) {
      reads.byKeys.push({ kind, keys: ids.length });
      return archive.byKeys(kind, ids);
    },
    page(query) {
      reads.page++;
      return archive.page(query);
    },
    playerPages(query) {
      reads.page++;
      return archive.playerPages(query);
    },
    count(query) {
      reads.count++;
      return archive.count(query);
    },
    coverage(ages, range) {
      reads.coverage++;
      return archive.coverage(ages, range);
    },
    usernames(names) {
      reads.usernames++;
      return archive.usernames(names);
    },
  };
  return { archive: counting, reads };
}
