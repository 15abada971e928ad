import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Naming, SharedNaming } from '../archive/archive.ts';
import { createPlayerOf, type NamePattern, type PlayerNames, type PlayerOf } from '../records/player.ts';

/** The names that this gateway gives: those of all gateways at its archive, whoever brought them. */
export interface NamesInForce {
  readonly playerOf: PlayerOf;
  /** Puts this gateway's names in force, for all; resolves once they are. */
  put(own: PlayerNames): Promise<void>;
  /** How this gateway's own names differ from those in force; null where they do not. */
  difference(): string | null;
  /** Looks at what is in force now. */
  look(): Promise<void>;
}

export interface NamesOptions {
  /** Null for an archive of one process. */
  readonly shared: SharedNaming | null;
  /** Reads a rule's pattern; null where it is none. */
  readonly compile: (source: string) => NamePattern | null;
  /** Told of names that others put in force in place of this gateway's, or that this one's replaced. */
  readonly onDifference: (problem: string) => void;
  /** Called when other names have come into force: what is kept by name is to be written anew. */
  readonly onNamed: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Applies one naming at a time: its own until another gateway puts its names in force. */
export function createNamesInForce(
  config: PlayerNames,
  { shared, compile, onDifference, onNamed, onError }: NamesOptions,
): NamesInForce {
  let own = namingOf(config);
  let applied = own;
  let playerOf = createPlayerOf(config);

  async function apply(naming: Naming): Promise<void> {
    if (naming.version === applied.version) return;
    playerOf = createPlayerOf(readContent(naming, compile));
    applied = naming;
    if (applied.version !== own.version) onDifference(differenceOf(own, applied));
    await onNamed();
  }

  shared?.onPut((naming) => {
    apply(naming).catch(onError);
  });

  return {
    playerOf: (account, username) => playerOf(account, username),
    async put(names) {
      own = namingOf(names);
      const before = (await shared?.read()) ?? null;
      applied = own;
      playerOf = createPlayerOf(names);
      if (before !== null && before.version !== own.version) {
        onDifference(
          `players: names of version ${before.version} were in force; from now on all gateways apply version ${own.version}`,
        );
      }
      if (before?.version !== own.version) await shared?.put(own);
    },
    difference: () => (applied.version === own.version ? null : differenceOf(own, applied)),
    async look() {
      const naming = (await shared?.read()) ?? null;
      if (naming !== null) await apply(naming);
    },
  };
}

function differenceOf(own: Naming, applied: Naming): string {
  return (
    `players: this gateway has names of version ${own.version}, in force are those of version ${applied.version}, ` +
    'which it applies; give all gateways the same players section and file, and reload them'
  );
}

const content = z.object({
  unmapped: z.enum(['same', 'separate']),
  rules: z.array(z.tuple([z.string().nullable(), z.string(), z.string()])),
  rows: z.array(z.tuple([z.string(), z.string(), z.string()])),
});

function namingOf({ unmapped, rules, rows }: PlayerNames): Naming {
  const text = JSON.stringify({
    unmapped,
    rules: rules.map(({ account, match, player }) => [account, match.source, player]),
    rows: rows.map(({ account, username, player }) => [account, username, player]),
  } satisfies z.infer<typeof content>);
  return { version: createHash('sha256').update(text).digest('hex').slice(0, 12), content: text };
}

function readContent(naming: Naming, compile: NamesOptions['compile']): PlayerNames {
  const { unmapped, rules, rows } = content.parse(JSON.parse(naming.content));
  return {
    unmapped,
    rules: rules.map(([account, source, player]) => {
      const match = compile(source);
      if (match === null) throw new Error(`players: expected a pattern this release can read, got ${source}`);
      return { account, match, player };
    }),
    rows: rows.map(([account, username, player]) => ({ account, username, player })),
  };
}
