import { type FaultRow, reasonOf, trialsOf, untriedOf } from './fault-row.ts';
import type { FeedUnderTest } from './feeds.ts';

/** A fault that reaches no adapter: it is the same for every provider, and other tests hold what must happen. */
interface Elsewhere {
  readonly id: number;
  readonly fault: string;
  readonly held: readonly Held[];
}

/** One test by its file and its title, and the archive it is put to; `any` where none has a part in it. */
export interface Held {
  readonly on: 'DuckDB' | 'PostgreSQL' | 'both' | 'any';
  readonly file: string;
  readonly test: string;
}

const held = (on: Held['on'], file: string, test: string): Held => ({ on, file, test });
const durability = 'test/archive/duckdb/durability.test.ts';
const postgresFaults = 'test/archive/postgres-faults.test.ts';
const processes = 'test/archive/postgres-processes.test.ts';
const shared = 'test/feeds/shared.test.ts';
const model = 'test/feeds/model.test.ts';
const MODEL =
  'ends as the provider’s truth, whatever the order of reads, crashes, restarts, late and moving rows, and whatever the clocks show';

export const elsewhere: readonly Elsewhere[] = [
  {
    id: 41,
    fault: 'kill -9 at any point',
    held: [
      held(
        'DuckDB',
        'test/feeds/kill.test.ts',
        'leaves a DuckDB archive from which the next one goes on to the truth',
      ),
      held(
        'PostgreSQL',
        'test/feeds/kill.test.ts',
        'leaves a PostgreSQL archive from which the next one goes on to the truth',
      ),
      held('DuckDB', durability, 'keeps rows and ledger in step through kill -9 while committing'),
      held('both', model, MODEL),
    ],
  },
  {
    id: 42,
    fault: 'a full disk',
    held: [
      held(
        'DuckDB',
        durability,
        'rolls back on a full disk (the %s), says so, and goes on once there is room',
      ),
      held(
        'PostgreSQL',
        postgresFaults,
        'rolls back when the disk is full, says so, and goes on when there is room',
      ),
      held(
        'any',
        'test/archive/heartbeat.test.ts',
        'tries after a refused commit whether there is room, each time after a longer rest',
      ),
      held(
        'any',
        'test/server/archive-trouble.test.ts',
        'is unready with the reason while the archive cannot take rows, and alive all the same',
      ),
    ],
  },
  {
    id: 43,
    fault: 'the database restarts, deadlocks, gives up',
    held: [
      held(
        'DuckDB',
        'test/archive/duckdb/damage.test.ts',
        'is said to be so by a read that meets the damage, and from then on by its heartbeat',
      ),
      held(
        'PostgreSQL',
        postgresFaults,
        'heals by itself when it is started anew in mid-work, and has every row once',
      ),
      held('PostgreSQL', postgresFaults, 'does conflicting work again, and not for ever'),
      held('PostgreSQL', postgresFaults, 'gives up a statement that takes too long, and goes on'),
      held('PostgreSQL', shared, 'go on by themselves after the database was restarted'),
    ],
  },
  {
    id: 44,
    fault: 'two processes after one window',
    held: [
      held(
        'DuckDB',
        durability,
        'is refused to a second process, which is told who holds it, and to a second opening in one',
      ),
      held('PostgreSQL', processes, 'are held by one process at a time, by window and by feed'),
      held(
        'PostgreSQL',
        processes,
        'pass from a dead process to another, and what the dead one read late is not written',
      ),
      held('PostgreSQL', shared, 'answer the same concurrent queries completely, and read no window twice'),
    ],
  },
  {
    id: 45,
    fault: 'SIGTERM in mid-window, clients that leave or read slowly',
    held: [
      held(
        'any',
        'test/feeds/filler.test.ts',
        'gives back what was not begun, finishes what was, and begins nothing more',
      ),
      held(
        'any',
        'test/server/shutdown.test.ts',
        'is unready first, finishes what is under way, and takes nothing new',
      ),
      held(
        'any',
        'test/server/export/streaming.test.ts',
        'reads %s no faster than the client, and stops when it leaves',
      ),
      held('DuckDB', durability, 'finishes what it was given before it closes, and answers nothing more'),
      held(
        'PostgreSQL',
        postgresFaults,
        'lets go of the connection of a stream that is left, and of all when it closes',
      ),
    ],
  },
];

const beside: readonly (Held & { readonly id: number; readonly what: string })[] = [
  {
    id: 38,
    what: 'an ended certificate, another host’s, an authority of one’s own',
    ...held(
      'any',
      'test/upstream/tls.test.ts',
      'an authority of one’s own is trusted with NODE_EXTRA_CA_CERTS; an ended certificate or another host’s never',
    ),
  },
];

/** Every test that is named here instead of played. */
export const namedTests: readonly Held[] = [...elsewhere.flatMap((row) => row.held), ...beside];

/** What of the matrix no test shows. */
const uncovered: Readonly<Record<number, string>> = {
  6: 'a name that does not resolve and a network without a route: they fail where a refused connection does, and are not tried',
  12: 'the page itself is never logged, not even its beginning: what stands before a provider may quote our headers',
  18: 'a scale nobody knows is not flagged: every amount keeps the scale it came with',
  31: 'a provider more than its own tolerance ahead of us refuses our signatures: the account stops, and the message names the clock',
  42: 'a file system that turns read-only',
};

const passed = 'both';
const apart = 'n/a';

/** The text of `docs/faults.md`. */
export function renderTable(rows: readonly FaultRow[], feeds: readonly FeedUnderTest[]): string {
  return [
    '# Faults',
    '',
    'What may go wrong between a provider and the archive, and what then happens. Each cell is a test: the feed’s',
    'strict sandbox over real sockets, spoilt on purpose, through the real upstream, reader, filler and dispatcher',
    'into an archive (`test/providers/conformance/`). `npm test` plays all of it into DuckDB, `npm run faults` into DuckDB and',
    'PostgreSQL, and writes this page anew; `npm run faults -- --only 26` plays one line. A test fails when this page and the',
    'suite differ.',
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
    'They are the same for every provider. “any” is what no archive has a part in; DuckDB lives in the process, so that its',
    'restart is line 41. A test proves that each of these tests is there.',
    '',
    '| # | archive | what it shows | where |',
    '| --- | --- | --- | --- |',
    ...elsewhere.flatMap((row) => row.held.map((each) => heldLine(row.id, each))),
    ...beside.map(({ id, ...each }) => heldLine(id, each)),
    '',
    '## What no test shows',
    '',
    ...Object.entries(uncovered).map(([id, what]) => `- **${id}** ${what}`),
    '- how much a provider’s faults slow down another’s answers: that they stay complete is shown (2), not how fast they are',
    '',
  ].join('\n');
}

function heldLine(id: number, { on, test, file }: Held): string {
  return `| ${id} | ${on} | ${test.replace('%s', '…')} | ${code(file)} |`;
}

/** The archives that tests elsewhere put a fault to. */
function heldOn({ held: tests }: Elsewhere): string {
  const on = new Set(tests.map((each) => each.on));
  const isBoth = on.has('both') || (on.has('DuckDB') && on.has('PostgreSQL'));
  return isBoth ? '[both](#held-by-other-tests)' : [...on].join(', ');
}

function scoreOf(rows: readonly FaultRow[], feeds: readonly FeedUnderTest[]): string {
  const reasons = rows.flatMap((row) => feeds.map((under) => reasonOf(row, under)));
  const played = reasons.filter((reason) => reason === null).length;
  const below = elsewhere.length * feeds.length;
  return [
    `Of ${reasons.length + below} cells ${played} pass on DuckDB and on PostgreSQL, ${below} are held by other tests on both, and`,
    `${reasons.length - played} cannot reach their feed. “both” is both archives; “n/a” has its reason below.`,
  ].join('\n');
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
    ...elsewhere.map((row) => line([String(row.id), row.fault, ...titles.map(() => heldOn(row))])),
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
