import type { Orders } from '../archive/archive.ts';
import type { ConnectedAccount } from './connect.ts';

/** Has whole accounts asked nothing, or asked again at once. */
export interface Steering {
  /** Rejects with an ArchiveError where the other processes cannot be told; here it holds all the same. */
  pause(account: string): Promise<void>;
  resume(account: string): Promise<void>;
}

/** Steers the accounts this process has at the time, and by `orders` those of every other that shares its archive now. */
export function createSteering(
  accounts: () => readonly Pick<ConnectedAccount, 'account' | 'pause' | 'resume'>[],
  orders?: Orders,
): Steering {
  function obey(id: string, asked: boolean): void {
    const connected = accounts().find(({ account }) => account.id === id);
    if (asked) connected?.resume();
    else connected?.pause();
  }
  async function order(id: string, asked: boolean): Promise<void> {
    obey(id, asked);
    await orders?.tell({ account: id, asked });
  }
  orders?.onOrder(({ account, asked }) => obey(account, asked));
  return { pause: (id) => order(id, false), resume: (id) => order(id, true) };
}
