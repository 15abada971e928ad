import { createProvider, GRID_MS, type ScriptedProvider } from './provider.ts';

const START = Date.UTC(2026, 10, 21, 12);
const ROWS = 4_000;

export const SINCE = START - 4 * GRID_MS;

/**
 * A provider after four eventful minutes, the same in every process: thousands of rows, of which some changed, moved
 * or vanished. Its clock stands `laterMs` after them.
 */
export function createToldProvider(account: string, laterMs: number): ScriptedProvider {
  const traits = { account, paging: 'pages', isVersioned: true, pageSize: 500 } as const;
  const provider = createProvider(traits, START);
  for (let index = 0; index < ROWS; index += 1) {
    provider.pass((4 * GRID_MS) / ROWS);
    const [pick, ago] = [index * 31, (index * 7_919) % 150_000];
    provider.truth.happen({ event: 'add', ago }, provider.now());
    if (index % 500 === 0) provider.truth.happen({ event: 'change', pick }, provider.now());
    if (index % 600 === 0) provider.truth.happen({ event: 'move', pick, ago }, provider.now());
    if (index % 700 === 0) provider.truth.happen({ event: 'vanish', pick }, provider.now());
  }
  provider.pass(laterMs);
  return provider;
}
