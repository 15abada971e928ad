import { createSandbox as createEbetSandbox } from '../providers/ebet/sandbox.ts';
import { createSandbox as createHotRoadSandbox } from '../providers/hotroad/sandbox.ts';
import { createSandbox as createOneApiSandbox } from '../providers/oneapi/sandbox.ts';
import type { CreateSandbox } from '../providers/sandbox.ts';
import { createSandbox as createVertexPlaySandbox } from '../providers/vertexplay/sandbox.ts';
import type { ProviderName } from '../records/record.ts';

/** Every provider's strict other side, by the provider's name. */
export const sandboxes: Readonly<Record<ProviderName, CreateSandbox>> = {
  ebet: createEbetSandbox,
  vertexplay: createVertexPlaySandbox,
  hotroad: createHotRoadSandbox,
  oneapi: createOneApiSandbox,
};
