import type { AccountSettings } from '../../../src/feeds/connect.ts';
import type { FeedLimits, Provider } from '../../../src/providers/provider.ts';
import type { Sandbox } from '../../../src/providers/sandbox.ts';
import type { Row } from './feeds.ts';

export const WINDOW_MS = 600_000;

export interface AccountOptions {
  readonly limits?: Partial<FeedLimits>;
  readonly credentials?: Row;
  readonly options?: Row;
}

/** An account that the sandbox accepts, but for what is to be otherwise. */
export function settingsOf(
  provider: Provider,
  id: string,
  { account }: Sandbox,
  over: AccountOptions,
  baseUrl: string,
): AccountSettings {
  const limits = provider.feeds.map((spec) => [
    spec.kind,
    { ...spec.limits, grid: WINDOW_MS, minInterval: 0, timeout: 2_000, ...over.limits },
  ]);
  return {
    id,
    baseUrl,
    currency: typeof account['currency'] === 'string' ? account['currency'] : null,
    credentials: provider.credentials.parse({ ...(account['credentials'] as Row), ...over.credentials }),
    options: provider.options.parse({ ...(account['options'] as Row | undefined), ...over.options }),
    limits: Object.fromEntries(limits),
  };
}
