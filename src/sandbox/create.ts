import type { Provider } from '../providers/provider.ts';
import type { Sandbox, SandboxSettings } from '../providers/sandbox.ts';

/** One sandbox of each provider, by the provider's name. */
export async function createSandboxes(
  providers: readonly Pick<Provider, 'name' | 'loadSandbox'>[],
  settings?: SandboxSettings,
): Promise<Readonly<Record<string, Sandbox>>> {
  const created = await Promise.all(
    providers.map(async ({ name, loadSandbox }) => [name, (await loadSandbox())(settings)] as const),
  );
  return Object.fromEntries(created);
}
