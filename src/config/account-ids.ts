import { type Path, suggest } from './fault.ts';
import type { Inspector } from './inspector.ts';

/** A fault for each id that no account has; `pathOf` says where the id at an index stands. */
export function checkAccounts(
  asked: readonly string[],
  known: readonly string[],
  pathOf: (index: number) => Path,
  inspector: Inspector,
): void {
  for (const [index, id] of asked.entries()) {
    if (!known.includes(id)) inspector.fault(pathOf(index), `unknown account "${id}"${suggest(id, known)}`);
  }
}
