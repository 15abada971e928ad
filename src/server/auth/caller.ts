import type { Viewer } from '../../graph/viewer.ts';

/** Somebody who has been let in. */
export interface Caller {
  readonly viewer: Viewer;
  /** Whether only safelisted documents are answered. */
  readonly safelistOnly: boolean;
}
