import { UsageError } from '../errors.ts';
import type { ProviderName } from '../records/record.ts';
import type { Provider } from './provider.ts';

/** What a provider's `index.ts` exports. */
export interface ProviderModule {
  readonly provider: Provider;
}

// A name stands in configurations, in paths and, in capitals, in the graph.
const NAME = /^[a-z][a-z0-9]*$/;

/** The modules' providers, in their order; rejects with a UsageError for a name that is taken or malformed. */
export async function loadProviders(
  modules: readonly Promise<ProviderModule>[],
): Promise<readonly Provider[]> {
  return checkProviders((await Promise.all(modules)).map(({ provider }) => provider));
}

/** The providers themselves; throws a UsageError where one has a name that is taken or malformed. */
export function checkProviders<P extends Pick<Provider, 'name' | 'title'>>(
  providers: readonly P[],
): readonly P[] {
  const titles = new Map<ProviderName, string>();
  for (const { name, title } of providers) {
    if (!NAME.test(name)) {
      throw new UsageError(
        `providers: ${title}: expected a name of lower-case letters and digits, got "${name}"`,
      );
    }
    const other = titles.get(name);
    if (other !== undefined) {
      throw new UsageError(`providers: expected each name once, got "${name}" for ${other} and for ${title}`);
    }
    titles.set(name, title);
  }
  return providers;
}

/** The provider of a name that was checked before; throws a RangeError where there is none. */
export function providerNamed<P extends Pick<Provider, 'name'>>(
  providers: readonly P[],
  name: ProviderName,
): P {
  const provider = providers.find((each) => each.name === name);
  if (provider !== undefined) return provider;
  const names = providers.map((each) => each.name).join(', ');
  throw new RangeError(`providers: expected one of ${names}, got ${name}`);
}
