import { resolve } from 'node:path';
import type { PlayerNames, PlayerRule } from '../records/player.ts';
import { checkAccounts } from './account-ids.ts';
import type { Inspector } from './inspector.ts';
import { toNamePattern } from './name-pattern.ts';
import { readPlayersFile } from './players-file.ts';
import type { PlayersSection } from './schema.ts';

const linear = 'a regular expression without look-around and back-references';

/** The operator's names with their patterns compiled and their file read; `accounts` are the ids there are. */
export function readPlayers(
  section: PlayersSection,
  accounts: readonly string[],
  folder: string,
  inspector: Inspector,
): PlayerNames {
  const rules = section.rules.flatMap((rule, index): PlayerRule[] => {
    const at = ['players', 'rules', index];
    checkAccounts(
      rule.account === undefined ? [] : [rule.account],
      accounts,
      () => [...at, 'account'],
      inspector,
    );
    const match = toNamePattern(rule.match);
    if (match === null) inspector.expected([...at, 'match'], linear, rule.match);
    return match === null ? [] : [{ account: rule.account ?? null, match, player: rule.player }];
  });
  if (section.file === undefined) return { unmapped: section.unmapped, rules, rows: [] };
  const file = resolve(folder, section.file);
  const { rows, faults } = readPlayersFile(file, accounts);
  for (const fault of faults) inspector.fault(['players', 'file'], fault);
  return { unmapped: section.unmapped, rules, rows, file };
}
