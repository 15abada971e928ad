import { archive } from './0001-archive.ts';
import { rollUps } from './0002-roll-ups.ts';
import { processes } from './0003-processes.ts';
import { views } from './0004-views.ts';
import { trail } from './0005-trail.ts';
import { rollUpsFilled } from './0006-roll-ups-filled.ts';
import { countedAt } from './0007-counted-at.ts';
import { firstArchived } from './0008-first-archived.ts';
import { providerTime } from './0009-provider-time.ts';
import { changes } from './0010-changes.ts';
import { lateness } from './0011-lateness.ts';
import { quarantineTimes } from './0012-quarantine-times.ts';
import { clockMeasures } from './0013-clock-measures.ts';
import { logStart } from './0014-log-start.ts';
import { mappings } from './0015-mappings.ts';
import { orders } from './0016-orders.ts';
import { viewsComplete } from './0017-views-complete.ts';
import { lookups } from './0018-lookups.ts';
import { naming } from './0019-naming.ts';
import type { Migration } from './migration.ts';

/** Every migration in order, forwards only. */
export const migrations: readonly Migration[] = [
  archive,
  rollUps,
  processes,
  views,
  trail,
  rollUpsFilled,
  countedAt,
  firstArchived,
  providerTime,
  changes,
  lateness,
  quarantineTimes,
  clockMeasures,
  logStart,
  mappings,
  orders,
  viewsComplete,
  lookups,
  naming,
];
