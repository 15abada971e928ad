import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { createPostgresArchive } from '../../../src/archive/postgres/index.ts';
import { type PostgresServer, startPostgres } from '../../archive/postgres-server.ts';
import { createBet, createCommit, hiddenPlayers, iso, MINUTE, NOON } from '../../graph/harness.ts';
import { type Harness, openHarness } from './harness.ts';
import { revisedSteps } from './revised.ts';

type Row = Readonly<Record<string, string | null>>;
interface Change {
  readonly type: string;
  readonly kind: string;
  readonly at: string;
  readonly account: string;
  readonly recordId: string;
  readonly before: Row | null;
  readonly after: Row | null;
  readonly cursor: string;
}

const sets = { BET: 'bets', TRANSFER: 'transfers', SEQ_NO_FAILURE: 'failures' } as const;
const always = 'from=2000-01-01&to=2100-01-01';
const open = (archive: Harness['archive'], options: object = {}) =>
  openHarness({ ...options, archive: { ...archive, close: async () => {} } });

let server: PostgresServer;
let harnesses: Readonly<Record<string, Harness>>;
/** The times of archiving after each step, in DuckDB's archive. */
const marks: number[] = [];

beforeAll(async () => {
  server = await startPostgres();
  let now = NOON;
  const clock = () => now;
  const playerOf = (_account: string, username: string) => username;
  const duckDb = await createDuckDbArchive({ path: ':memory:', playerOf, clock });
  const postgres = await createPostgresArchive({ url: await server.createDatabase(), playerOf, clock });
  for (const archive of [duckDb, postgres]) {
    now = NOON;
    for (const step of revisedSteps(archive)) {
      now += MINUTE;
      await step();
      if (archive === duckDb) marks.push(now);
    }
  }
  harnesses = {
    DuckDB: await openHarness({ archive: duckDb }),
    PostgreSQL: await openHarness({ archive: postgres }),
  };
});
afterAll(async () => {
  for (const harness of Object.values(harnesses)) await harness.close();
  await server.stop();
});

async function linesOf<T>(harness: Harness, path: string): Promise<readonly T[]> {
  const response = await harness.get(path);
  expect([path, response.status]).toEqual([path, 200]);
  const text = await response.text();
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}
const changesOf = (harness: Harness, query = '') =>
  linesOf<Change>(harness, `/export/changes.ndjson?${query}`);

interface Page {
  readonly value: readonly Readonly<Record<string, string | null>>[];
  readonly '@odata.nextLink'?: string;
}

/** A whole walk of OData's `Changes`, and how many changes each page had. */
async function walk(harness: Harness, query: string, pageSize = 2) {
  const rows: Readonly<Record<string, string | null>>[] = [];
  const pages: number[] = [];
  for (let next: string | undefined = `${harness.url}/odata/v4/Changes?${query}`; next !== undefined; ) {
    const response: Response = await fetch(next, { headers: { prefer: `odata.maxpagesize=${pageSize}` } });
    const page = (await response.json()) as Page;
    expect([next, response.status]).toEqual([next, 200]);
    rows.push(...page.value);
    pages.push(page.value.length);
    next = page['@odata.nextLink'];
  }
  return { rows, pages };
}

/** What a table holds that follows changes: a row under another id goes under its old one. */
function replay(changes: readonly Change[]): ReadonlyMap<string, Row> {
  const table = new Map<string, Row>();
  for (const { before, after } of changes) {
    if (before !== null) table.delete(before['id']!);
    if (after !== null) table.set(after['id']!, after);
  }
  return table;
}
const byId = (rows: Iterable<Row>) => [...rows].sort((a, b) => (a['id']! < b['id']! ? -1 : 1));

describe.each(['DuckDB', 'PostgreSQL'])('changes, from %s', (name) => {
  const harness = () => harnesses[name]!;

  it('put into an empty table are the archive, as NDJSON and as OData', async () => {
    const standing: Row[] = [];
    for (const set of Object.values(sets))
      standing.push(...(await linesOf<Row>(harness(), `/export/${set}.ndjson?${always}`)));
    expect(standing).toHaveLength(8);
    expect(byId(replay(await changesOf(harness())).values())).toEqual(byId(standing));

    const { rows } = await walk(harness(), '');
    const parsed = rows.map(
      (row) =>
        ({
          ...row,
          before: JSON.parse(row['before'] ?? 'null'),
          after: JSON.parse(row['after'] ?? 'null'),
        }) as Change,
    );
    expect(byId(replay(parsed).values())).toEqual(byId(standing));
  });

  it('tell what came, was replaced, withdrawn and restored, oldest first', async () => {
    const changes = await changesOf(harness());
    const told = changes.map(({ type, before, after }) => [
      type,
      (before ?? after)?.['providerBetId'] ?? null,
      after?.['stake'] ?? null,
    ]);
    expect(told).toEqual([
      ...['a', 'b', 'c', 'd', 'e-transfer'].map((key) => ['ADDED', key, '10.000000']),
      ['ADDED', null, null],
      ['ADDED', null, null],
      ['REPLACED', 'c', '10.000000'],
      ['REPLACED', 'b', '7.25'],
      ['REPLACED', 'e-transfer', '2'],
      ['WITHDRAWN', 'd', null],
      ['RESTORED', 'd', '10.000000'],
      ['ADDED', 'f', '10.000000'],
    ]);
    const times = changes.map(({ at }) => at);
    expect(times).toEqual([...times].sort());
    expect(new Set(changes.map(({ cursor }) => cursor)).size).toBe(changes.length);
  });

  it('go on from any cursor, and from a time', async () => {
    const whole = await changesOf(harness());
    for (const [index, { cursor }] of whole.entries())
      expect(await changesOf(harness(), `after=${cursor}`)).toEqual(whole.slice(index + 1));
    const since = whole[7]!.at;
    expect(await changesOf(harness(), `since=${since}`)).toEqual(whole.slice(7));
    expect(await changesOf(harness(), 'kinds=TRANSFER,SEQ_NO_FAILURE')).toEqual(whole.slice(5, 7));
    expect(await changesOf(harness(), 'accounts=hrg-main')).toEqual(whole.slice(5, 6));
  });

  it('are filtered, paged and found by key in OData', async () => {
    const whole = await changesOf(harness());
    const cursors = (rows: Iterable<{ readonly cursor?: string | null }>) =>
      [...rows].map(({ cursor }) => cursor);
    const asked = async (query: string, pageSize?: number) =>
      cursors((await walk(harness(), query, pageSize)).rows);
    for (const size of [1, 3, 1_000]) expect(await asked('', size)).toEqual(cursors(whole));
    const filtered = (filter: string) => asked(`$filter=${encodeURIComponent(filter)}`);
    const at = whole[8]!.at;
    expect(await filtered(`at gt ${at}`)).toEqual(cursors(whole.filter((each) => each.at > at)));
    expect(await filtered(`at ge ${at} and at lt ${whole[11]!.at}`)).toEqual(
      cursors(whole.filter((each) => each.at >= at && each.at < whole[11]!.at)),
    );
    expect(await filtered("kind eq 'TRANSFER' or type eq 'WITHDRAWN'")).toEqual(
      cursors(whole.filter(({ kind, type }) => kind === 'TRANSFER' || type === 'WITHDRAWN')),
    );
    expect(await filtered("account in ('hrg-main','none')")).toEqual(cursors(whole.slice(5, 6)));
    expect(await filtered("account eq 'none'")).toEqual([]);
    expect(await asked('$top=3&$skip=2')).toEqual(cursors(whole.slice(2, 5)));
    expect(await asked(`after=${whole[4]!.cursor}&$orderby=at`)).toEqual(cursors(whole.slice(5)));
    const count = await harness().get("/odata/v4/Changes/$count?$filter=type eq 'ADDED'");
    expect(await count.text()).toBe(String(whole.filter(({ type }) => type === 'ADDED').length));
    const countOf = async (filter: string) =>
      Number(await (await harness().get(`/odata/v4/Changes/$count?$filter=${filter}`)).text());
    expect(await countOf("kind eq 'BET' and account in ('vp-main')")).toBe(
      whole.filter((each) => each.kind === 'BET' && each.account === 'vp-main').length,
    );
    expect(await countOf(`at ge ${at} and at lt ${whole[11]!.at}`)).toBe(
      whole.filter((each) => each.at >= at && each.at < whole[11]!.at).length,
    );
    expect(await countOf("account eq 'none'")).toBe(0);
    const one = await harness().get(`/odata/v4/Changes('${whole[10]!.cursor}')?$select=type,recordId`);
    expect(await one.json()).toMatchObject({ type: 'WITHDRAWN', recordId: whole[10]!.recordId });
    const none = await harness().get(`/odata/v4/Changes('x')`);
    expect(none.status).toBe(404);
  });

  it('leave withdrawn rows out of lists unless asked for', async () => {
    const of = (kind: string, query = '') =>
      linesOf<Row>(harness(), `/export/${kind}.ndjson?${always}${query}`);
    // All that is withdrawn came back: nothing is left.
    expect(await of('bets', '&withdrawn=only')).toEqual([]);
    expect(await of('bets', '&withdrawn=include')).toEqual(await of('bets'));
    const wrong = await harness().get(`/export/bets.csv?${always}&withdrawn=maybe`);
    expect([wrong.status, await wrong.json()]).toMatchObject([
      400,
      { error: { code: 'BAD_USER_INPUT', parameter: 'withdrawn', allowed: ['exclude', 'include', 'only'] } },
    ]);
  });
});

describe('an archive with a withdrawn row', () => {
  let harness: Harness;
  let mark: string;
  beforeAll(async () => {
    let now = NOON;
    const playerOf = (_account: string, username: string) => username;
    const archive = await createDuckDbArchive({ path: ':memory:', playerOf, clock: () => now });
    for (const step of revisedSteps(archive).slice(0, 7)) {
      now += MINUTE;
      await step();
    }
    mark = iso(NOON + 4.5 * MINUTE);
    harness = await openHarness({ archive });
  });
  afterAll(() => harness.close());

  const keys = (rows: readonly Row[]) => rows.map((row) => row['providerBetId']).sort();

  it('gives it where it is asked for, in every format and in OData', async () => {
    for (const [choice, expected] of [
      ['exclude', ['a', 'b', 'c', 'e-bet']],
      ['include', ['a', 'b', 'c', 'd', 'e-bet']],
      ['only', ['d']],
    ] as const) {
      const query = `${always}&withdrawn=${choice}`;
      expect(keys(await linesOf<Row>(harness, `/export/bets.ndjson?${query}`))).toEqual(expected);
      const csv = await (await harness.get(`/export/bets.csv?${query}&columns=providerBetId`)).text();
      expect(csv.trim().split('\r\n').slice(1).sort()).toEqual(expected);
      expect((await harness.get(`/export/bets.parquet?${query}`)).status).toBe(200);
      const page = (await (await harness.get(`/odata/v4/Bets?withdrawn=${choice}`)).json()) as Page;
      expect(keys(page.value)).toEqual(expected);
      const count = await harness.get(`/odata/v4/Bets/$count?withdrawn=${choice}`);
      expect(await count.text()).toBe(String(expected.length));
      expect((await harness.get(`/odata/v4/SeqNoFailures?withdrawn=${choice}`)).status).toBe(200);
    }
    const wrong = await harness.get('/odata/v4/Bets?withdrawn=maybe');
    expect(wrong.status).toBe(400);
  });

  it('gives what was archived after a time, withdrawn rows among it, whatever its own time', async () => {
    const rows = await linesOf<Row>(harness, `/export/bets.ndjson?changedSince=${mark}`);
    expect(keys(rows)).toEqual(['b', 'd', 'e-bet']);
    expect(rows.find((row) => row['providerBetId'] === 'd')?.['withdrawnAt']).not.toBeNull();
    const last = rows
      .map((row) => row['archivedAt']!)
      .sort()
      .at(-1);
    expect(await linesOf<Row>(harness, `/export/bets.ndjson?changedSince=${last}`)).toEqual([]);
    const counted = `changedSince=${mark}&withdrawn=exclude&from=2026-11-21&to=2026-11-22`;
    expect(keys(await linesOf<Row>(harness, `/export/bets.ndjson?${counted}`))).toEqual(['b', 'e-bet']);
    const response = await harness.get(`/export/bets.csv?changedSince=${mark}`);
    expect([response.headers.get('countroom-complete'), response.headers.get('content-disposition')]).toEqual(
      [null, 'attachment; filename="bets_since_2026-11-21T120430Z.csv"'],
    );
    for (const part of ['from=2026-11-21', 'complete=required', 'maxWait=2s'])
      expect((await harness.get(`/export/bets.csv?changedSince=${mark}&${part}`)).status).toBe(400);
  });

  it('is followed by partitions of firstArchivedAt that are read again when their latest archivedAt moved', async () => {
    let now = NOON;
    const playerOf = (_account: string, username: string) => username;
    const archive = await createDuckDbArchive({ path: ':memory:', playerOf, clock: () => now });
    const followed = await open(archive);
    const partitions = Array.from({ length: 12 }, (_, index) => ({
      within: `firstArchivedAt ge ${iso(NOON + index * MINUTE)} and firstArchivedAt lt ${iso(NOON + (index + 1) * MINUTE)}`,
      latest: null as string | null,
      rows: [] as Page['value'],
    }));
    const bets = async (filter: string, rest: string) => {
      const path = `/odata/v4/Bets?withdrawn=include&$filter=${encodeURIComponent(filter)}${rest}`;
      return ((await (await followed.get(path)).json()) as Page).value;
    };
    let reads = 0;
    async function refresh() {
      for (const partition of partitions) {
        const newest = await bets(partition.within, '&$orderby=archivedAt desc&$top=1&$select=archivedAt');
        const latest = newest[0]?.['archivedAt'] ?? null;
        if (latest === partition.latest) continue;
        reads += 1;
        Object.assign(partition, { latest, rows: await bets(partition.within, '') });
      }
    }
    for (const step of revisedSteps(archive)) {
      now += MINUTE;
      await step();
      await refresh();
      const copied = partitions.flatMap(({ rows }) => rows).filter((row) => row['withdrawnAt'] === null);
      const { value } = (await (await followed.get('/odata/v4/Bets')).json()) as Page;
      expect(byId(copied)).toEqual(byId(value));
    }
    expect(reads).toBe(6);
    await followed.close();
    await archive.close();
  });

  it('shows a viewer no name and no record that is not theirs to see', async () => {
    const viewer = { readsPlayers: false, readsRaw: false, accounts: ['vp-main', 'ebet-main'] };
    const hidden = await open(harness.archive, { viewer, players: hiddenPlayers });
    const text = await (await hidden.get('/export/changes.ndjson?raw=true')).text();
    const odata = await (await hidden.get('/odata/v4/Changes?raw=true')).text();
    for (const each of [text, odata]) {
      expect(each).not.toMatch(/ann|carol|betId|hrg-main/);
      expect(each).toContain('nna');
    }
    const cursors = text
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as Change).cursor);
    for (const cursor of cursors)
      expect(Buffer.from(cursor, 'base64url').toString()).not.toMatch(/ann|carol/);
    expect(await (await hidden.get(`/export/changes.ndjson?after=${cursors.at(-1)}`)).text()).toBe('');
    const foreign = await hidden.get('/export/changes.ndjson?accounts=hrg-main');
    expect(foreign.status).toBe(400);
    await hidden.close();
  });

  it('refuses what is no cursor, and says how many changes were given', async () => {
    const wrong = await harness.get('/export/changes.ndjson?after=nonsense');
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { code: 'BAD_USER_INPUT' } }]);
    expect((await harness.get('/export/changes.ndjson?first=1')).status).toBe(400);
    expect((await harness.get('/odata/v4/Changes?after=nonsense')).status).toBe(400);
    expect((await harness.get('/odata/v4/Changes?$orderby=at desc')).status).toBe(501);
    const changes = await changesOf(harness);
    await expect
      .poll(() => harness.audited.at(-1))
      .toMatchObject({ route: 'export', operation: 'changes.ndjson', rows: changes.length, error: null });
  });

  it('loses no row and tells none twice to who reads while rows come in', async () => {
    const playerOf = (_account: string, username: string) => username;
    const archive = await createDuckDbArchive({ path: ':memory:', playerOf, clock: () => NOON });
    const followed = await open(archive);
    const seen: string[] = [];
    let after = '';
    const follow = async () => {
      for (const { recordId, cursor } of await changesOf(followed, after)) {
        seen.push(recordId);
        after = `after=${cursor}`;
      }
    };
    const fill = async () => {
      for (let round = 0; round < 30; round += 1) {
        const rows = Array.from({ length: 60 }, (_, index) => createBet(`r${round}-${index}`, NOON));
        await archive.commit(createCommit(round % 2 === 0 ? 'vp-main' : 'one-main', 'BET', rows));
      }
    };
    let isFilled = false;
    const filling = fill().finally(() => {
      isFilled = true;
    });
    while (!isFilled) await follow();
    await filling;
    await follow();
    expect([seen.length, new Set(seen).size]).toEqual([1_800, 1_800]);
    await followed.close();
    await archive.close();
  });
});
