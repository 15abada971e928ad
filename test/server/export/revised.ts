import type { Archive, Commit } from '../../../src/archive/archive.ts';
import { decimal } from '../../../src/records/decimal.ts';
import type { Bet } from '../../../src/records/record.ts';
import {
  createBet,
  createCommit,
  createFailure,
  createTransfer,
  DAY,
  HOUR,
  MINUTE,
  NOON,
} from '../../graph/harness.ts';

const SPAN = { from: NOON - 2 * HOUR, to: NOON - HOUR };
const CONFIRM = 10 * MINUTE;
const AT = SPAN.from + MINUTE;

/** Rows that come, are revised, move to another day, take another id, are withdrawn and come back: one step after another. */
export function revisedSteps(archive: Archive): readonly (() => Promise<unknown>)[] {
  const look = (minutes: number, rows: readonly Bet[], parts: Partial<Commit<'BET'>> = {}) => {
    const readAt = NOON + minutes * MINUTE;
    const doubting = { within: SPAN, settlementLag: MINUTE, confirmAfter: CONFIRM, byAdmin: false };
    const read = { interval: SPAN, readAt, providerAt: readAt, doubting };
    return archive.commit(createCommit('vp-main', 'BET', rows, { ...read, ...parts }));
  };
  /** Holds all that follows up to a time, so that no row can have moved there unseen. */
  const hold = (minutes: number) =>
    look(minutes, [], {
      interval: { from: SPAN.to, to: NOON + minutes * MINUTE },
      readAt: NOON + (minutes + 2) * MINUTE,
      providerAt: NOON + (minutes + 2) * MINUTE,
      doubting: undefined,
    });
  const standing = ['a', 'b', 'c', 'd'].map((key) => createBet(key, AT));
  const [a, b] = standing;
  const revised = createBet('b', AT, { stake: decimal('7.25'), versionAt: AT + 1, raw: '{"v":2}' });
  const moved = createBet('c', AT - DAY, { versionAt: AT + 2, raw: '{"v":3}' });
  const renamed = createBet('e-bet', AT, { formerKey: 'e-transfer', stake: decimal('2') });
  return [
    () => look(0, [...standing, createBet('e-transfer', AT, { providerUsername: 'carol' })]),
    () => archive.commit(createCommit('hrg-main', 'TRANSFER', [createTransfer('t1', NOON)])),
    () => archive.commit(createCommit('ebet-main', 'SEQ_NO_FAILURE', [createFailure('s1-ann', NOON)])),
    () => archive.commit(createCommit('vp-main', 'BET', [moved], { readAt: NOON + MINUTE })),
    () => look(5, [a!, revised, renamed]),
    () => hold(30),
    () => look(40, [a!, revised, renamed]),
    () => look(60, [a!, revised, renamed, createBet('d', AT)]),
    () => look(70, [a!, b!, revised, renamed, createBet('d', AT), createBet('f', AT)]),
  ];
}
