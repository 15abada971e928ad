import { type FaultRow, reasonOf, trialsOf, untriedOf } from './fault-row.ts';
import type { FeedUnderTest } from './feeds.ts';

/** A fault that reaches no adapter, and the tests that hold what must happen. */
interface Elsewhere {
  readonly id: number;
  readonly fault: string;
  readonly tests: readonly string[];
}

export const elsewhere: readonly Elsewhere[] = [
  {
    id: 41,
    fault: 'kill -9 at any point',
    tests: ['test/feeds/kill.test.ts', 'test/feeds/model.test.ts', 'test/archive/duckdb/durability.test.ts'],
  },
  {
    id: 42,
    fault: 'a full disk',
    tests: ['test/archive/duckdb/durability.test.ts', 'test/archive/postgres-faults.test.ts'],
  },
  {
    id: 43,
    fault: 'the database restarts, deadlocks, gives up',
    tests: ['test/archive/postgres-faults.test.ts', 'test/feeds/shared.test.ts'],
  },
  {
    id: 44,
    fault: 'two processes after one window',
    tests: ['test/archive/postgres-processes.test.ts', 'test/feeds/shared.test.ts'],
  },
  {
    id: 45,
    fault: 'SIGTERM in mid-window, clients that leave or read slowly',
    tests: [
      'test/feeds/filler.test.ts',
      'test/server/shutdown.test.ts',
      'test/server/export/streaming.test.ts',
    ],
  },
];

/** What of the matrix no test shows. */
const uncovered: Readonly<Record<number, string>> = {
  6: 'a name that does not resolve and a network without a route: they fail where a refused connection does, and are not tried',
  12: 'the page itself is never logged, not even its beginning: what stands before a provider may quote our headers',
  18: 'a scale nobody knows is not flagged: every amount keeps the scale it came with',
  31: 'a provider more than its own tolerance ahead of us refuses our signatures: the account stops, and the message names the clock',
  42: 'a file system that turns read-only',
};

const passed = 'passed';
const apart = 'n/a';

/** The text of `docs/faults.md`. */
export function renderTable(rows: readonly FaultRow[], feeds: readonly FeedUnderTest[]): string {
  return [
    '# Faults',
    '',
    'What may go wrong between a provider and the archive, and what then happens. Each cell is a test: the feed’s',
    'strict sandbox over real sockets, spoilt on purpose, through the real upstream, reader, filler and dispatcher',
    'into DuckDB (`test/providers/conformance/`). `npx vitest run test/providers/conformance.test.ts -t " 26 "` plays',
    'one line of it. This page is written by the suite, and a test fails when the two differ.',
    '',
    'After each fault: the archive is the provider’s truth again once the fault stops, raw text for raw text, without',
    'anybody’s help (37 and 38 want an operator’s); what is held is never ahead of the rows; no gap, message or report',
    'holds a secret.',
    '',
    '“csv by cursor” is a provider that only tests know: what it shows is that neither numbered pages nor JSON are',
    'taken for granted.',
    '',
    scoreOf(rows, feeds),
    '',
    ...matrix(rows, feeds),
    '',
    '## What is shown',
    '',
    ...rows.map((row) => `- **${row.id}** ${shownOf(row, feeds).join('; ')}`),
    '',
    '## What cannot reach a feed',
    '',
    ...rows.flatMap((row) => reasons(row, feeds)),
    '',
    '## Held by other tests',
    '',
    ...elsewhere.map(({ id, fault, tests }) => `- **${id}** ${fault}: ${tests.map(code).join(', ')}`),
    `- **38** an ended certificate, another host’s, an authority of one’s own: ${code('test/upstream/tls.test.ts')}`,
    '',
    '## What no test shows',
    '',
    ...Object.entries(uncovered).map(([id, what]) => `- **${id}** ${what}`),
    '- how much a provider’s faults slow down another’s answers: that they stay complete is shown (2), not how fast they are',
    '',
  ].join('\n');
}

function scoreOf(rows: readonly FaultRow[], feeds: readonly FeedUnderTest[]): string {
  const reasons = rows.flatMap((row) => feeds.map((under) => reasonOf(row, under)));
  const held = reasons.filter((reason) => reason === null).length;
  const below = elsewhere.length * feeds.length;
  return `Of ${reasons.length + below} cells ${held} passed, ${reasons.length - held} cannot be reached, ${below} are held by other tests.`;
}

function matrix(rows: readonly FaultRow[], feeds: readonly FeedUnderTest[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const titles = feeds.map(({ title }) => title);
  return [
    line(['#', 'fault', ...titles]),
    line(['---', '---', ...titles.map(() => '---')]),
    ...rows.map((row) =>
      line([
        String(row.id),
        row.fault,
        ...feeds.map((under) => (reasonOf(row, under) === null ? passed : apart)),
      ]),
    ),
    ...elsewhere.map(({ id, fault }) => line([String(id), fault, ...titles.map(() => 'below')])),
  ];
}

function shownOf(row: FaultRow, feeds: readonly FeedUnderTest[]): string[] {
  return [...new Set(feeds.flatMap((under) => Object.keys(trialsOf(row, under))))];
}

function reasons(row: FaultRow, feeds: readonly FeedUnderTest[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const under of feeds) {
    const whole = reasonOf(row, under);
    const parts = untriedOf(row, under).map(({ says, reason }) => `${reason} (“${says}” is not tried)`);
    for (const reason of whole === null ? parts : [whole])
      byReason.set(reason, [...(byReason.get(reason) ?? []), under.title]);
  }
  return [...byReason].map(([reason, titles]) => `- **${row.id}** ${titles.join(', ')}: ${reason}`);
}

function code(text: string): string {
  return `\`${text}\``;
}
