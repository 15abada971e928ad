import { defineConfig } from 'vitest/config';

// Apart from `npm test`, since it needs an installed Chromium and the built gateway.
export default defineConfig({
  test: {
    include: ['test/browser/*.spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
