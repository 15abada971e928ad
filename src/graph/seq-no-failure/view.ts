import { createRowView } from '../rows/row-view.ts';

/** An archived wallet callback as the viewer may see it. */
export const toSeqNoFailure = createRowView('SEQ_NO_FAILURE');
