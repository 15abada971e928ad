import { createRowReference } from '../rows/reference.ts';
import { createRowView } from '../rows/row-view.ts';

/** An archived bet as the viewer may see it. */
export const toBet = createRowView('BET');

/** The archived bet of an id. */
export const resolveBet = createRowReference('BET', toBet);
