import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { outside } from '../../scripts/outside-the-bundle.ts';

const root = join(import.meta.dirname, '../../src');

it('loads later only files of ours, or packages that stay outside of the bundle', () => {
  // Bundled, a CommonJS package that is imported so has no names but `default`: a file of ours imports it, and is
  // itself what is loaded later.
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const packages = files.flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/\bimport\('([^'.$][^']*)'\)/g)].map(
      ([, name]) => name,
    ),
  );
  expect(packages.filter((name) => name !== undefined && !outside.includes(name))).toEqual([]);
});
