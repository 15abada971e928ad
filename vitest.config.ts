import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Apollo's packages load graphql as Node resolves it; Vite would give the tests its ES module, a second realm.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    include: ['test/**/*.test.ts'],
    // Waiting for something to happen is not a measurement: a busy machine may take its time.
    expect: { poll: { timeout: 120_000 } },
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    // A fifth of the time went into loading the sources anew for each file; no file leaves anything behind in them.
    isolate: false,
    // Most files wait for sockets and processes: two at a time are quicker than one, also on two cores.
    maxWorkers: 2,
  },
});
