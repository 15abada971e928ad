import { ebet } from './ebet/index.ts';
import { hotroad } from './hotroad/index.ts';
import { oneapi } from './oneapi/index.ts';
import type { Provider } from './provider.ts';
import { vertexplay } from './vertexplay/index.ts';

/** Every provider there is. */
export const providers: readonly Provider[] = [ebet, vertexplay, hotroad, oneapi];
