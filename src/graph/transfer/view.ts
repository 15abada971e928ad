import { createRowView } from '../rows/row-view.ts';

/** An archived transfer as the viewer may see it. */
export const toTransfer = createRowView('TRANSFER');
