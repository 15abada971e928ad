/** What is compared with usernames. */
export interface NamePattern {
  /** As it was written. */
  readonly source: string;
  /** What the pattern's part of a username becomes: `player` with the groups filled in; null where it does not fit. */
  rename(username: string, player: string): string | null;
}

/** One pattern of provider usernames; the first rule that fits names the player. */
export interface PlayerRule {
  /** Null fits every account. */
  readonly account: string | null;
  readonly match: NamePattern;
  /** The player's name; `$1` is the pattern's first group. */
  readonly player: string;
}

/** One username the operator named by hand. */
export interface PlayerRow {
  readonly account: string;
  readonly username: string;
  readonly player: string;
}

/** How the operator's player names come from the providers' usernames. */
export interface PlayerNames {
  /** What a username without a name of its own becomes: itself, or `account:username`. */
  readonly unmapped: 'same' | 'separate';
  readonly rules: readonly PlayerRule[];
  readonly rows: readonly PlayerRow[];
  /** The file that `rows` were read from, where there is one. */
  readonly file?: string;
}

/** The operator's name of a provider's username. */
export type PlayerOf = (account: string, username: string) => string;

/** The naming in force: a row wins over a rule, a rule over `unmapped`. Pure, and never an empty name for a username. */
export function createPlayerOf({ unmapped, rules, rows }: PlayerNames): PlayerOf {
  const named = new Map<string, Map<string, string>>();
  for (const { account, username, player } of rows) {
    const ofAccount = named.get(account) ?? new Map<string, string>();
    named.set(account, ofAccount.set(username, player));
  }
  return (account, username) =>
    named.get(account)?.get(username) ??
    byRule(rules, account, username) ??
    (unmapped === 'same' ? username : `${account}:${username}`);
}

function byRule(rules: readonly PlayerRule[], account: string, username: string): string | null {
  for (const rule of rules) {
    if (rule.account !== null && rule.account !== account) continue;
    const player = rule.match.rename(username, rule.player);
    if (player !== null && player !== '') return player;
  }
  return null;
}
