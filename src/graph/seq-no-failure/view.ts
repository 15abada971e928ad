import { createRowReference } from '../rows/reference.ts';
import { createRowView } from '../rows/row-view.ts';

/** An archived wallet callback as the viewer may see it. */
export const toSeqNoFailure = createRowView('SEQ_NO_FAILURE');

/** The archived wallet callback of an id. */
export const resolveSeqNoFailure = createRowReference('SEQ_NO_FAILURE', toSeqNoFailure);
