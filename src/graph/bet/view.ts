import { createRowView } from '../rows/row-view.ts';

/** An archived bet as the viewer may see it. */
export const toBet = createRowView('BET');
