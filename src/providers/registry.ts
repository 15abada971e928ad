import { loadProviders } from './list.ts';
import type { Provider } from './provider.ts';

/** Every provider there is, a line each, in the order in which the graph and the documents list them. */
export const providers: readonly Provider[] = await loadProviders([
  import('./ebet/index.ts'),
  import('./vertexplay/index.ts'),
  import('./hotroad/index.ts'),
  import('./oneapi/index.ts'),
]);
