import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { providerNames } from '../../src/records/record.ts';
import { elsewhere, renderTable } from './conformance/table.ts';
import { describeProvider, faultRows } from './conformance.ts';

const root = join(import.meta.dirname, '../..');

describe.each(providerNames)('%s', (name) => {
  describeProvider(name);
});

describe('the fault matrix', () => {
  test('has each of its 45 faults once, here or in another test', () => {
    const ids = [...faultRows, ...elsewhere].map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 45 }, (_, index) => index + 1));
    for (const path of elsewhere.flatMap(({ tests }) => tests))
      expect(existsSync(join(root, path)), path).toBe(true);
  });

  test('is what docs/faults.md says', async () => {
    // Written anew by `vitest -u`.
    await expect(renderTable(faultRows)).toMatchFileSnapshot(join(root, 'docs/faults.md'));
  });
});
