import { z } from 'zod';
import { UnavailableError } from '../../errors.ts';

/** One account's rows of one kind on one day, as the gateway's manifest has them. */
const part = z.object({
  name: z.string(),
  account: z.string(),
  provider: z.string(),
  rows: z.int(),
  checksum: z.string(),
  sums: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
  complete: z.boolean(),
  final: z.boolean(),
  finalUntil: z.string().nullable(),
  gaps: z.int(),
});

/** What `/export/manifest.json` answers. */
export const dayManifest = z.object({
  days: z.array(z.object({ day: z.string(), from: z.string(), to: z.string(), parts: z.array(part) })),
});

/** A file that was published. */
const file = part.extend({
  path: z.string(),
  day: z.string(),
  from: z.string(),
  to: z.string(),
  bytes: z.int(),
  sha256: z.string(),
});

/** What lies beside the files and is written last: it names each, what it holds, and whether that may still change. */
export const published = z.object({
  version: z.literal(1),
  generatedAt: z.string(),
  every: z.literal('day'),
  timeZone: z.string(),
  dayStartsAt: z.string(),
  files: z.array(file),
});

export type Part = z.infer<typeof part> & Readonly<Record<'day' | 'from' | 'to', string>>;
export type PublishedFile = z.infer<typeof file>;
export type Published = z.infer<typeof published>;

export const MANIFEST = 'manifest.json';

/** Where a part's file lies: partitions as Hive names them. */
export function pathOf({ name, account, day }: Pick<Part, 'name' | 'account' | 'day'>): string {
  return `${name}/account=${encodeURIComponent(account)}/day=${day}/${name}.parquet`;
}

/** Reads a manifest that was published; throws an UnavailableError where it is none of ours. */
export function readPublished(bytes: Buffer, where: string): Published {
  try {
    return published.parse(JSON.parse(bytes.toString('utf8')));
  } catch (error) {
    throw new UnavailableError(`${where}/${MANIFEST}: expected a manifest that countroom published`, {
      cause: error,
    });
  }
}
