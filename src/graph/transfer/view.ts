import { createRowReference } from '../rows/reference.ts';
import { createRowView } from '../rows/row-view.ts';

/** An archived transfer as the viewer may see it. */
export const toTransfer = createRowView('TRANSFER');

/** The archived transfer of an id. */
export const resolveTransfer = createRowReference('TRANSFER', toTransfer);
