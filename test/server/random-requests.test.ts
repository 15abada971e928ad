import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type App, createApp } from '../../src/app.ts';
import { readConfiguration } from '../../src/commands/configuration.ts';
import { encodeId } from '../../src/graph/rows/ids.ts';
import { createLogger } from '../../src/server/logger.ts';

let app: App;
let url: string;
let folder: string;
const unowned: unknown[] = [];
const note = (error: unknown) => unowned.push(error);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countroom-test-'));
  const file = join(folder, 'countroom.yaml');
  const account = {
    ...{ id: 'hrg-main', provider: 'hotroad', baseUrl: 'http://127.0.0.1:9', currency: 'CNY' },
    credentials: { agentId: 'a', username: 'somebody', password: 'something' },
  };
  const content = { server: { port: 0 }, archive: { url: 'duckdb::memory:' }, sync: { enabled: false } };
  writeFileSync(file, JSON.stringify({ ...content, accounts: [account] }));
  const config = readConfiguration(file, { env: {}, cwd: folder });
  app = await createApp(config, { logger: createLogger({ level: 'silent' }) });
  ({ url } = await app.listen());
  process.on('unhandledRejection', note);
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await app.close();
  rmSync(folder, { recursive: true });
});

const types = ['Account', 'Bet', 'Player', 'Transfer', 'SeqNoFailure'];
const id = fc.oneof(
  fc.string(),
  fc.constantFrom('hrg-main', encodeId('Bet', 'hrg-main', 'x'), encodeId('Player', '', 'ann')),
  fc
    .tuple(fc.constantFrom(...types, 'Nope'), fc.string(), fc.string())
    .map(([type, account, key]) => Buffer.from(JSON.stringify([type, account, key])).toString('base64url')),
);
// A body that names prototypes is refused as a whole, which graphql-over-http.test.ts holds.
const namesNoPrototype = (value: unknown) => !/"(__proto__|constructor)"/.test(JSON.stringify(value));
const anything = fc.oneof(id, fc.jsonValue({ maxDepth: 3 }).filter(namesNoPrototype));
const representation = fc.oneof(
  fc.record(
    { __typename: fc.oneof(fc.constantFrom(...types), anything), id: anything, username: anything },
    { requiredKeys: [] },
  ),
  anything,
);
const ENTITIES =
  'query ($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Bet { stake } ... on Player { username } } }';
const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';

async function send(body: unknown) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

interface Answer {
  readonly data?: Readonly<Record<string, readonly unknown[] | null>> | null;
  readonly errors?: readonly {
    readonly path?: readonly unknown[];
    readonly extensions?: { code?: string };
  }[];
}

/** Every item is an answer, or null, and then there may be an error of its own. */
function checkList(field: string, length: number, { data, errors = [] }: Answer): void {
  expect(errors.every(({ extensions }) => extensions?.code === 'BAD_USER_INPUT')).toBe(true);
  if (data === null || data === undefined) return;
  const list = data[field];
  expect(list).toHaveLength(length);
  for (const { path = [] } of errors) expect(list?.[Number(path[1])]).toBeNull();
}

async function expectAlive(): Promise<void> {
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect(unowned).toEqual([]);
}

describe('whatever a caller sends', () => {
  it('each representation is answered by itself, and the process lives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(representation, { maxLength: 12 }), async (r) => {
        checkList('_entities', r.length, (await send({ query: ENTITIES, variables: { r } })).json);
        await expectAlive();
      }),
      { numRuns: 150 },
    );
  });

  it('each id of nodes is answered by itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { maxLength: 12 }), async (ids) => {
        checkList('nodes', ids.length, (await send({ query: NODES, variables: { ids } })).json);
        await expectAlive();
      }),
      { numRuns: 100 },
    );
  });

  it('documents, variables and whole bodies of any shape are answered, none with a masked error', async () => {
    const part = fc.constantFrom(
      ...[
        '{',
        '}',
        '(',
        ')',
        '[',
        ']',
        ':',
        '$',
        '!',
        '...',
        '@',
        '"',
        '#',
        'query',
        'mutation',
        'on',
        'fragment',
      ],
      ...[
        'bets',
        'nodes',
        'id',
        'filter',
        'range',
        'player',
        '__typename',
        '_entities',
        'representations',
        'null',
      ],
    );
    const query = fc.oneof(
      fc.array(part, { maxLength: 30 }).map((parts) => parts.join(' ')),
      fc.string(),
    );
    const body = fc.oneof(
      fc.record(
        { query: fc.oneof(query, anything), variables: anything, operationName: anything },
        { requiredKeys: [] },
      ),
      anything,
    );
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const { status, json } = await send(sent);
        expect(status).toBeLessThan(500);
        expect(JSON.stringify(json)).not.toContain('INTERNAL_SERVER_ERROR');
        await expectAlive();
      }),
      { numRuns: 200 },
    );
  });
});
