import type { KeptArchive } from '../../../src/archive/admin.ts';
import { createClaims } from '../../../src/feeds/claims.ts';
import { createDispatcher } from '../../../src/feeds/dispatch.ts';
import { createFiller } from '../../../src/feeds/filler.ts';
import { createPatience } from '../../../src/feeds/patience.ts';
import { fillRound } from '../../../src/feeds/sync.ts';
import { createMortal, type Moment } from './mortal.ts';
import { REVISITS, type ScriptedProvider } from './provider.ts';

export type { Moment } from './mortal.ts';

/** A gateway's filling and syncing over an archive, in a process that can end; `end` is what then becomes of it. */
export function startProcess(
  provider: ScriptedProvider,
  kept: KeptArchive,
  since: number,
  end: () => void = () => {},
) {
  const mortal = createMortal(kept, end);
  const { archive, whileAlive } = mortal;
  const { wall: now, monotonic, feed } = provider;
  const claims = archive.leases && createClaims(archive.leases);
  const filler = createFiller({ archive, claims, now, monotonic });
  const finalAfterMs = Math.max(...REVISITS);
  const dispatcher = createDispatcher({
    ...{ archive, filler, now, monotonic },
    maxRangeMs: 86_400_000,
    finalAfterMs,
  });
  const round = { filler, ledger: archive.ledger, now, monotonic, since, revisits: REVISITS };

  return {
    watch: (moment: 'call' | 'answer') => mortal.pass(moment),
    get isDead() {
      return mortal.isDead;
    },
    dieAt: (moment: Moment, turn: number) => mortal.dieAt(moment, turn),
    /** One round of sync, as far as the process lives. */
    sync: () => whileAlive(fillRound(feed, round, createPatience(), () => {})),
    ask: (range: { from: number; to: number }) =>
      whileAlive(dispatcher.begin().cover({ feeds: [feed], range, maxWaitMs: 10_000 })),
    async close() {
      if (!mortal.isDead) await filler.close(AbortSignal.timeout(1_000));
      mortal.bury();
      claims?.close();
    },
  };
}
export type Process = ReturnType<typeof startProcess>;
