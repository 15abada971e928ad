import { resolve } from 'node:path';
import type { PlayerNames, PlayerRule } from '../records/player.ts';
import { checkAccounts } from './account-ids.ts';
import type { Inspector } from './inspector.ts';
import { readPlayersFile } from './players-file.ts';
import type { PlayersSection } from './schema.ts';

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
    const match = toPattern(rule.match);
    if (match === null) inspector.expected([...at, 'match'], 'a regular expression', rule.match);
    return match === null ? [] : [{ account: rule.account ?? null, match, player: rule.player }];
  });
  if (section.file === undefined) return { unmapped: section.unmapped, rules, rows: [] };
  const { rows, faults } = readPlayersFile(resolve(folder, section.file), accounts);
  for (const fault of faults) inspector.fault(['players', 'file'], fault);
  return { unmapped: section.unmapped, rules, rows };
}

function toPattern(text: string): RegExp | null {
  try {
    return new RegExp(text, 'u');
  } catch {
    return null;
  }
}
