import { checkField, type FieldSpecs } from '../field.ts';

/** What the archive keeps of a record of any kind, before the kind's own fields. */
export const head = {
  account: { type: 'text', description: 'The account through which it was collected.' },
  provider: { type: 'text', description: 'The provider it was collected from.' },
  key: { type: 'text', internal: true, description: 'The provider’s key.' },
  providerUsername: { type: 'text', description: 'The player’s username at the provider.' },
  countedAt: {
    type: 'time',
    internal: true,
    description: 'The time by which ranges select: the kind’s own axis, where it has none yet the feed’s.',
  },
  axisAt: {
    type: 'time',
    nullable: true,
    internal: true,
    description: 'The time by which the feed’s windows list it; null where that is `countedAt`.',
  },
  versionAt: {
    type: 'time',
    nullable: true,
    internal: true,
    description: 'The provider’s time of this version; null where it sends none.',
  },
  archivedAt: {
    type: 'time',
    description:
      'When this version was archived here. It never goes back: the safe mark for incremental loads.',
  },
  vanishedAt: {
    type: 'time',
    nullable: true,
    internal: true,
    description: 'When a later read of its time did not list it any more.',
  },
  firstArchivedAt: {
    type: 'time',
    description: 'When its first version was archived here. It never moves: the time to partition by.',
  },
  withdrawnAt: {
    type: 'time',
    nullable: true,
    description:
      'When it was withdrawn: two whole reads of its time no longer listed it. Null for rows that count; withdrawn ones are ' +
      'left out unless asked for.',
  },
} as const satisfies FieldSpecs;
for (const [name, spec] of Object.entries(head)) checkField(name, spec);

/** The provider's record itself, after the kind's own fields. */
export const rawDescription =
  'The provider’s record as compact JSON, every digit kept; null without the right to see it.';
