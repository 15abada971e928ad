import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { composeServices } from '@apollo/composition';
import {
  type GraphQLEnumType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isObjectType,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSubgraph, printSubgraph } from '../../../src/graph/schema/subgraph.ts';
import { providers } from '../../../src/providers/registry.ts';
import { createUntouchedArchive, run, schema } from '../harness.ts';

const LINK = '@link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])';

const crm = `extend schema ${LINK}
  type Player @key(fields: "username") { username: String! vipLevel: Int }
  type Query { vips: [Player!]! }`;

const wallet = `extend schema ${LINK}
  type Player @key(fields: "id") { id: ID! balance: String }
  type Account @key(fields: "id") { id: ID! owner: String }
  type Query { wallets: Int }`;

const relay = (query: string) => `extend schema ${LINK}
  interface Node { id: ID! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type Ticket implements Node @key(fields: "id") { id: ID! }
  type TicketConnection { pageInfo: PageInfo! nodes: [Ticket!]! }
  type Query { tickets(first: Int): TicketConnection! ${query} }`;

function compose(subgraphs: Readonly<Record<string, string>>) {
  return composeServices(
    Object.entries(subgraphs).map(([name, sdl]) => ({ name, url: `http://${name}`, typeDefs: parse(sdl) })),
  );
}

describe('the subgraph', () => {
  it('is the one that is kept in schema.graphql (npm run schema:write)', () => {
    const kept = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8').trimEnd();
    expect(printSubgraph({ providers, exposeNode: true }).trimEnd()).toBe(kept);
  });

  it('is the same whichever of its parts was loaded first', async () => {
    const source = (path: string) => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);
    const parts = ['totals/bet', 'change', 'seq-no-failure', 'player', 'account', 'node', 'bet'];
    const code = `
      for (const part of [${parts.map((part) => source(`graph/${part}/resolver.ts`))}]) await import(part);
      const { printSubgraph } = await import(${source('graph/schema/subgraph.ts')});
      const { providers } = await import(${source('providers/registry.ts')});
      process.stdout.write(printSubgraph({ providers, exposeNode: true }));`;
    const asked = ['--import', 'tsx', '--input-type=module', '--eval', code];
    const { stdout } = await promisify(execFile)(process.execPath, asked);
    expect(stdout).toBe(printSubgraph({ providers, exposeNode: true }));
  });

  it('names the providers it is given, in their order and in their own words', () => {
    const named = [
      { name: 'zeta', title: 'Zeta', summary: 'bets' },
      { name: 'alpha2', title: 'Alpha II', summary: 'transfers' },
    ];
    const type = createSubgraph({ providers: named, exposeNode: false }).getType('ProviderName');
    expect((type as GraphQLEnumType).getValues()).toMatchObject([
      { name: 'ZETA', value: 'zeta', description: 'Zeta: bets.' },
      { name: 'ALPHA2', value: 'alpha2', description: 'Alpha II: transfers.' },
    ]);
  });

  it('stands in schema.graphql as _service.sdl answers it', async () => {
    const { data } = await run({ archive: createUntouchedArchive() }, '{ _service { sdl } }');
    const sdl = printSubgraph({ providers, exposeNode: true });
    expect(data['_service']).toEqual({ sdl });
    const file = readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8');
    expect(`${sdl}\n` === file, 'schema.graphql is stale: npm run schema:write').toBe(true);
  });

  it('links Federation 2 and keeps its keys', () => {
    const sdl = printSubgraph({ providers, exposeNode: true });
    expect(sdl).toContain(LINK);
    expect(sdl).toMatch(/type Player implements Node\s+@key\(fields: "id"\)\s+@key\(fields: "username"\)/);
    expect(sdl).toMatch(/type PageInfo\s+@shareable/);
    for (const type of [
      'Bet implements Node',
      'Transfer implements Node',
      'SeqNoFailure implements Node',
      'Account',
    ]) {
      expect(sdl).toMatch(new RegExp(`type ${type}\\s+@key\\(fields: "id"\\)`));
    }
  });

  it('composes with owners of other fields of a player, and with another Relay subgraph', () => {
    const countroom = printSubgraph({ providers, exposeNode: true });
    const { errors } = compose({ countroom, crm, wallet, relay: relay('') });
    expect(errors ?? []).toEqual([]);
  });

  it('leaves node to another subgraph where it is told to', () => {
    const others = { relay: relay('node(id: ID!): Node') };
    const { errors } = compose({ countroom: printSubgraph({ providers, exposeNode: false }), ...others });
    expect(errors ?? []).toEqual([]);
    const fields = createSubgraph({ providers, exposeNode: false }).getQueryType()?.getFields() ?? {};
    expect(Object.keys(fields)).not.toContain('node');
    expect(Object.keys(fields)).not.toContain('nodes');
    expect(
      compose({ countroom: printSubgraph({ providers, exposeNode: true }), ...others }).errors?.[0]?.message,
    ).toContain('Non-shareable field "Query.node" is resolved from multiple subgraphs');
  });

  it('leaves out mutations where it is told to, and what they alone answer', () => {
    const graph = createSubgraph({ providers, exposeNode: true, exposeAdmin: false });
    expect(graph.getMutationType() ?? null).toBeNull();
    expect(graph.getType('FeedProbe')).toBeUndefined();
    const sdl = printSubgraph({ providers, exposeNode: true, exposeAdmin: false });
    expect(sdl).not.toMatch(/type Mutation|pauseAccount|FeedProbe/);
    expect(sdl).toContain('  quarantined(');
    expect(compose({ countroom: sdl, crm, wallet }).errors ?? []).toEqual([]);
  });

  it('explains every type, field, argument and value', () => {
    const silent: string[] = [];
    const ask = (name: string, thing: { readonly description?: string | null }) => {
      if (!thing.description) silent.push(name);
    };
    for (const type of Object.values(schema.getTypeMap())) {
      if (/^(_|federation__|link__|String$|Int$|Float$|Boolean$|ID$)/.test(type.name)) continue;
      ask(type.name, type);
      if (isEnumType(type)) for (const value of type.getValues()) ask(`${type.name}.${value.name}`, value);
      if (!isObjectType(type) && !isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (field.name.startsWith('_')) continue;
        ask(`${type.name}.${field.name}`, field);
        if ('args' in field)
          for (const arg of field.args) ask(`${type.name}.${field.name}(${arg.name})`, arg);
      }
    }
    expect(silent).toEqual([]);
  });

  it('has no Float anywhere', () => {
    const floats = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) =>
        Object.values(type.getFields()).filter(({ type }) => getNamedType(type).name === 'Float'),
      );
    expect(floats).toEqual([]);
  });
});
