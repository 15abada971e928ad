import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { Io } from '../io.ts';
import { createFolder } from './folder.ts';

/** Where files are published: each appears at once and whole, or not at all. */
export interface Target {
  /** What it is called in messages. */
  readonly name: string;
  /** The bytes at a path; null where there is nothing. */
  read(path: string): Promise<Buffer | null>;
  /** How many bytes are at a path; null where there is nothing. */
  size(path: string): Promise<number | null>;
  /** Puts the bytes in place of what was there. */
  write(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** The folder, or the bucket as `s3://bucket/prefix`, that `--to` names. Throws a UsageError. */
export async function openTarget(to: string, { cwd, env, signal }: Io): Promise<Target> {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(to)) return createFolder(resolve(cwd, to));
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(to) ?? [];
  if (bucket === undefined) {
    throw new UsageError(`--to: expected a folder, or a bucket such as s3://bets/countroom, got ${to}`);
  }
  const { createBucket, readBucketSettings } = await import('./bucket.ts');
  return createBucket({ bucket, prefix, ...readBucketSettings(env) }, signal);
}
