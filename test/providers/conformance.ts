import { afterAll, afterEach, beforeAll, describe, test } from 'vitest';
import type { KeptArchive } from '../../src/archive/admin.ts';
import { openArchive } from './conformance/archive.ts';
import { changes } from './conformance/changes.ts';
import { type FaultRow, reasonOf, type Stage, trialsOf } from './conformance/fault-row.ts';
import type { FeedUnderTest } from './conformance/feeds.ts';
import { openHarness } from './conformance/harness.ts';
import { pages } from './conformance/pages.ts';
import { refusals } from './conformance/refusals.ts';
import { rows } from './conformance/rows.ts';
import { times } from './conformance/times.ts';
import { transport } from './conformance/transport.ts';

/** The fault matrix as far as it reaches a provider, in its order. */
export const faultRows: readonly FaultRow[] = [
  ...transport,
  ...refusals,
  ...rows,
  ...pages,
  ...changes,
  ...times,
].sort((a, b) => a.id - b.id);

/** Every fault that can reach these feeds of one provider, each against its strict sandbox, over real sockets, into an archive. */
export function describeFeeds(feeds: readonly FeedUnderTest[]): void {
  let archive: KeptArchive;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ archive, close } = await openArchive());
  });
  afterAll(() => close());

  for (const under of feeds) {
    describe(under.title, () => describeFeed(under, () => archive));
  }
}

function describeFeed(under: FeedUnderTest, archive: () => KeptArchive): void {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  const stage: Stage = {
    under,
    async open(options) {
      const harness = await openHarness(under, archive(), options);
      closing.push(() => harness.close());
      return harness;
    },
    after: (close) => void closing.push(close),
  };
  for (const row of faultRows) {
    if (reasonOf(row, under) !== null) continue;
    describe(`${row.id} ${row.fault}`, () => {
      for (const [says, play] of Object.entries(trialsOf(row, under))) test(says, () => play(stage));
    });
  }
}
