import { describeAudit } from './conformance/audit.ts';
import { describeClock } from './conformance/clock.ts';
import { describeCommits } from './conformance/commits.ts';
import { describeExpressions } from './conformance/expressions.ts';
import { describeForgetting } from './conformance/forgetting.ts';
import { describeLateness } from './conformance/lateness.ts';
import { describeLedger } from './conformance/ledger.ts';
import { describeModel } from './conformance/model.ts';
import { describeNames } from './conformance/names.ts';
import { describePages } from './conformance/pages.ts';
import { describePlayerPages } from './conformance/player-pages.ts';
import { describeRemapping } from './conformance/remap.ts';
import { describeRenaming } from './conformance/rename.ts';
import type { Subject } from './conformance/store.ts';
import { describeTotals } from './conformance/totals.ts';
import { describeWithdrawals } from './conformance/withdrawals.ts';

export type { OpenOptions, Store, StoreOptions, Subject } from './conformance/store.ts';

/** Everything an archive must do, whatever engine it stands on; `createStore` gives an empty place each time. */
export function describeArchive(name: string, createStore: Subject['createStore']): void {
  const subject = { name, createStore };
  describeCommits(subject);
  describeForgetting(subject);
  describeLateness(subject);
  describeLedger(subject);
  describeModel(subject);
  describeNames(subject);
  describePages(subject);
  describePlayerPages(subject);
  describeRemapping(subject);
  describeRenaming(subject);
  describeExpressions(subject);
  describeTotals(subject);
  describeWithdrawals(subject);
  describeAudit(subject);
  describeClock(subject);
}
