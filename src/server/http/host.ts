import { isLoopback } from '../../config/loopback.ts';
import type { ServerSettings } from '../../config/server-settings.ts';
import { MisdirectedError } from './refusal.ts';

/**
 * Without auth, the only stranger who reaches a loopback port is a web page whose name was made to resolve to it
 * (DNS rebinding): its requests still carry that name. Throws a MisdirectedError for it.
 */
export function checkHost(
  header: string | undefined,
  settings: Pick<ServerSettings, 'host' | 'allowedHosts' | 'publicUrl'>,
): void {
  if (isBehindProxy(settings)) return;
  const name = (header ?? '').replace(/:\d+$/, '').toLowerCase();
  if (isLoopback(name)) return;
  if (name === settings.host || settings.allowedHosts.includes(name)) return;
  throw new MisdirectedError('asked for by a name that is not this server’s: see server.allowedHosts');
}

/** A proxy that other machines reach passes on whatever name it was asked for; on its machine nobody opens web pages. */
function isBehindProxy({ publicUrl }: Pick<ServerSettings, 'publicUrl'>): boolean {
  return publicUrl !== undefined && !isLoopback(new URL(publicUrl).hostname);
}
