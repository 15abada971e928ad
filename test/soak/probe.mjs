import { getEventListeners } from 'node:events';

/**
 * Loaded into a gateway by the soak: on a message tells, after collecting garbage, how much is left in use and how many
 * listeners wait on one abort signal at the most.
 */
const signals = new Set();
const controllers = globalThis.AbortController;
globalThis.AbortController = class AbortController extends controllers {
  constructor() {
    super();
    signals.add(new WeakRef(this.signal));
  }
};

function mostListeners() {
  let most = 0;
  for (const each of signals) {
    const signal = each.deref();
    if (signal === undefined) signals.delete(each);
    else most = Math.max(most, getEventListeners(signal, 'abort').length + dependents(signal));
  }
  return most;
}

/** What `AbortSignal.any` has made of a signal and is still there. */
function dependents(signal) {
  const kept = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals');
  return [...(kept === undefined ? [] : (signal[kept] ?? []))].filter((each) => each.deref() !== undefined).length;
}

process.on('message', async () => {
  globalThis.gc();
  // What finalizers let go is collected by the next.
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc();
  process.send({
    heapMb: process.memoryUsage().heapUsed / 2 ** 20,
    handles: process.getActiveResourcesInfo().filter((name) => name !== 'Timeout' && name !== 'Immediate').length,
    listeners: mostListeners(),
  });
});
// A soak that ended without a word leaves nobody behind.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.channel?.unref();
