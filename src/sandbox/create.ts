import type { Casino } from '../providers/casino.ts';
import type { Provider } from '../providers/provider.ts';
import type { Sandbox, SandboxSettings } from '../providers/sandbox.ts';

/** One sandbox of each provider, by the provider's name; those of `casinos` show what was played there. */
export async function createSandboxes(
  providers: readonly Pick<Provider, 'name' | 'loadSandbox'>[],
  settings: SandboxSettings = {},
  casinos: Readonly<Record<string, Casino>> = {},
): Promise<Readonly<Record<string, Sandbox>>> {
  const created = await Promise.all(
    providers.map(async ({ name, loadSandbox }) => {
      const create = await loadSandbox();
      return [name, create({ ...settings, casino: casinos[name] })] as const;
    }),
  );
  return Object.fromEntries(created);
}
