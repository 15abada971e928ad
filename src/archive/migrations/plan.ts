import { ArchiveError } from '../../errors.ts';
import { checksumOf, nameOf, type Step } from './migration.ts';

/** A migration as an archive remembers it. */
export interface Applied {
  readonly id: number;
  readonly name: string;
  /** Of its SQL; null where the archive was made before checksums were kept. */
  readonly checksum: string | null;
  /** The release it came with; null where the archive was made before it was kept. */
  readonly release: string | null;
}

/** What bringing an archive to this release's layout did, or would do. */
export interface MigrateResult {
  /** Names of the migrations, in order. */
  readonly pending: readonly string[];
  /** What an operator should know: where the file's copy is, say. */
  readonly notes: readonly string[];
}

/** Throws an Error naming the migration whose number is not larger than that of the one before it. */
export function checkOrder(steps: readonly Pick<Step, 'id' | 'name'>[]): void {
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before === undefined || before.id < step.id) continue;
    throw new Error(`migrations: expected a larger number after ${nameOf(before)}, got ${nameOf(step)}`);
  }
}

/**
 * The steps an archive lacks. Throws an ArchiveError where a newer release wrote it, where it has another migration
 * under a number of ours, and where it lacks one that was to come before those it has.
 */
export function pendingAfter(steps: readonly Step[], applied: readonly Applied[]): Step[] {
  checkOrder(steps);
  const known = steps.at(-1)?.id ?? 0;
  const newest = applied.toSorted((a, b) => a.id - b.id).at(-1);
  if (newest !== undefined && newest.id > known) throw new ArchiveError(newerText(known, newest));
  const done = new Map(applied.map((each) => [each.id, each]));
  for (const step of steps) {
    const found = done.get(step.id);
    if (found === undefined && newest !== undefined && newest.id > step.id) {
      throw new ArchiveError(
        `expected migration ${nameOf(step)} before ${nameOf(newest)}, got the later one without it`,
      );
    }
    if (found === undefined || found.checksum === null || found.checksum === checksumOf(step)) continue;
    throw new ArchiveError(
      `expected migration ${nameOf(step)} as released, got another of its number (${nameOf(found)})`,
    );
  }
  return steps.filter(({ id }) => !done.has(id));
}

function newerText(known: number, newest: Applied): string {
  const wanted = newest.release === null ? 'that release' : `countroom ${newest.release} or later`;
  return `expected a layout of at most ${known}, got ${newest.id}: a newer release wrote it; use ${wanted}, or restore a copy from before`;
}
