import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../src');

interface Import {
  /** The importing file and the imported one, from `src/`; a package keeps its name. */
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.replaceAll('\\', '/'))
  .sort();
const texts = new Map(files.map((path) => [path, readFileSync(join(root, path), 'utf8')]));

const statement = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamic = /\bimport\('([^']+)'\)|new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g;

const imports = files.flatMap((from): Import[] => {
  const text = texts.get(from) ?? '';
  const to = (target = '') =>
    target.startsWith('.') ? relative(root, join(root, dirname(from), target)) : target;
  return [
    ...[...text.matchAll(statement)].map(([, type, target]) => ({
      from,
      to: to(target),
      typeOnly: type !== undefined,
    })),
    ...[...text.matchAll(dynamic)].map(([, code, url]) => ({ from, to: to(code ?? url), typeOnly: false })),
  ];
});
const inside = imports.filter(({ to }) => texts.has(to));

/** The room of a file: its top folder, or its own name at the top. */
const roomOf = (path: string) => path.split('/')[0]?.replace(/\.ts$/, '') ?? '';

const shown = ({ from, to }: Import) => `${from} → ${to}`;
const offences = (forbidden: (each: Import) => boolean, among: readonly Import[] = inside) =>
  among.filter(forbidden).map(shown);

/** What each room may import besides itself, from the way of the data. */
const lower: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  records: ['errors'],
  archive: ['errors', 'records'],
  upstream: ['errors', 'records'],
  providers: ['errors', 'records', 'upstream'],
  feeds: ['errors', 'records', 'upstream', 'providers', 'archive'],
  graph: ['errors', 'records', 'upstream', 'providers', 'feeds', 'archive'],
  server: ['errors', 'records', 'upstream', 'providers', 'feeds', 'graph', 'archive', 'config'],
  config: ['errors', 'records', 'providers'],
  sandbox: ['errors', 'records', 'providers'],
  app: ['errors', 'records', 'upstream', 'providers', 'feeds', 'graph', 'server', 'archive', 'config'],
  commands: [
    'errors',
    'records',
    'upstream',
    'providers',
    'feeds',
    'graph',
    'server',
    'archive',
    'config',
  ].concat(['sandbox', 'app']),
  cli: ['errors', 'commands'],
};

describe('the direction of imports', () => {
  it('knows every room', () => {
    expect(files.filter((path) => lower[roomOf(path)] === undefined)).toEqual([]);
  });

  it('goes one way: errors, records ← upstream ← providers ← feeds ← graph ← server ← app ← commands ← cli', () => {
    const against = ({ from, to }: Import) =>
      roomOf(from) !== roomOf(to) && lower[roomOf(from)]?.includes(roomOf(to)) !== true;
    expect(offences(against)).toEqual([]);
  });

  it('never goes round in a circle', () => {
    expect(circles(inside.filter(({ typeOnly }) => !typeOnly))).toEqual([]);
  });

  it('lets feeds, graph and server know the archive by its contracts alone', () => {
    const contracts = ['archive/archive.ts', 'archive/admin.ts', 'archive/audit.ts'];
    const concrete = ({ from, to, typeOnly }: Import) =>
      ['feeds', 'graph', 'server'].includes(roomOf(from)) &&
      roomOf(to) === 'archive' &&
      !(typeOnly && contracts.includes(to));
    expect(offences(concrete)).toEqual([]);
  });

  it('lets app.ts alone name archives, but for their upkeep, and app.ts and commands the providers', () => {
    const concrete = /^(providers\/registry\.ts|archive\/(duckdb|postgres)\/.*)$/;
    const named = ({ from, to }: Import) => roomOf(from) !== roomOf(to) && concrete.test(to);
    const listing = /^commands\/\S+ → providers\/registry\.ts$/;
    const upkeep = /^commands\/\S+ → archive\/(duckdb|postgres)\/(copy|migrate)\.ts$/;
    const beyond = (each: Import) =>
      each.from !== 'app.ts' && !listing.test(shown(each)) && !upkeep.test(shown(each));
    expect(inside.filter(named).filter(beyond).map(shown)).toEqual([]);
  });

  it('keeps providers apart from each other, and what they share apart from them', () => {
    const folderOf = (path: string) => /^providers\/([^/]+)\//.exec(path)?.[1] ?? null;
    const across = ({ from, to }: Import) =>
      roomOf(from) === 'providers' &&
      folderOf(to) !== null &&
      folderOf(from) !== folderOf(to) &&
      from !== 'providers/registry.ts';
    expect(offences(across)).toEqual([]);
  });

  it('lets the rooms above see of a provider its contract alone', () => {
    // What sandboxes show is played by one casino, whose draws are theirs.
    const played = ({ from, to }: Import) =>
      roomOf(from) === 'sandbox' && /^providers\/(casino|seeded)\.ts$/.test(to);
    const into = (each: Import) =>
      roomOf(each.from) !== 'providers' &&
      roomOf(each.to) === 'providers' &&
      !played(each) &&
      !/^providers\/(provider|sandbox|registry|list)\.ts$/.test(each.to);
    expect(offences(into)).toEqual([]);
  });

  it('gives the configuration the providers’ schemas by argument, and the server no more than its settings’ types and who is loopback', () => {
    const taken = ({ from, to, typeOnly }: Import) =>
      (roomOf(from) === 'config' &&
        roomOf(to) === 'providers' &&
        !(typeOnly && to === 'providers/provider.ts')) ||
      (roomOf(from) === 'server' &&
        roomOf(to) === 'config' &&
        to !== 'config/loopback.ts' &&
        !(typeOnly && to === 'config/server-settings.ts'));
    expect(offences(taken)).toEqual([]);
  });

  it('keeps what each package is for in one place', () => {
    const homes: Readonly<Record<string, RegExp>> = {
      '(graphql|type-graphql|@apollo/.*|graphql-scalars|dataloader)':
        /^(graph|server|app|feeds\/(window|ledger)-loader)/,
      '(fastify|@fastify/.*|@as-integrations/.*|jose)': /^server\//,
      undici: /^upstream\//,
      '@opentelemetry/api': /^(upstream\/(traced|exchange)\.ts|server\/traces\/)/,
      '@opentelemetry/(sdk|exporter|resources).*': /^server\/traces\/export\.ts/,
      '(pg|pg-copy-streams)': /^(archive|upstream)\//,
      '(commander|cli-table3|cli-progress)': /^(cli|commands)/,
      yaml: /^(config\/|commands\/(config|init)\.ts$)/,
      '(csv-parse.*|fastest-levenshtein)': /^config\//,
    };
    const strays = Object.entries(homes).flatMap(([packages, home]) => {
      const name = new RegExp(`^${packages}$`);
      return imports.filter(({ from, to }) => name.test(to) && !home.test(from)).map(shown);
    });
    expect(strays).toEqual([]);
  });
});

describe('the layout', () => {
  it('has no barrels', () => {
    const reexports = files.filter((path) => /^export \* /m.test(texts.get(path) ?? ''));
    const nothingElse = files.filter((path) => {
      const statements = (texts.get(path) ?? '')
        .replace(/^export (type )?\{[^}]*\} from '[^']+';$/gm, '')
        .trim();
      return statements === '';
    });
    expect([...reexports, ...nothingElse]).toEqual([]);
  });

  it('has no drawers for odds and ends', () => {
    const drawers = ['utils', 'util', 'common', 'shared', 'helpers', 'services', 'managers', 'misc', 'lib'];
    const named = files.filter((path) =>
      path.split('/').some((part) => drawers.includes(basename(part, '.ts'))),
    );
    expect(named).toEqual([]);
  });

  it('names every file in kebab-case', () => {
    expect(
      files.filter((path) => !/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(path)),
    ).toEqual([]);
  });

  it('leaves the process in one place', () => {
    const exits = files.filter((path) => /\bprocess\.exit\b/.test(texts.get(path) ?? ''));
    expect(exits).toEqual(['cli.ts']);
  });
});

function circles(edges: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  function walk(path: string, way: readonly string[]): void {
    const start = way.indexOf(path);
    if (start >= 0) found.push([...way.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const target of next.get(path) ?? []) walk(target, [...way, path]);
    done.add(path);
  }
  for (const path of next.keys()) walk(path, []);
  return found;
}

describe('docs/architecture.md', () => {
  const text = readFileSync(join(root, '../docs/architecture.md'), 'utf8');
  const named = [...text.matchAll(/`((?:src|test)\/[\w./-]*)(?:#(\w+))?`/g)].map(([, path = '', name]) => ({
    path,
    name,
  }));

  it('names files and folders that exist', () => {
    expect(named.length).toBeGreaterThan(80);
    expect(named.filter(({ path }) => !existsSync(join(root, '..', path)))).toEqual([]);
  });

  it('names in them what they hold', () => {
    const gone = named.filter(({ path, name }) => {
      if (name === undefined) return false;
      return !new RegExp(`\\b${name}\\b`).test(readFileSync(join(root, '..', path), 'utf8'));
    });
    expect(gone).toEqual([]);
  });

  it('says of every room what happens there', () => {
    const rooms = [...new Set(files.filter((path) => path.includes('/')).map(roomOf))];
    expect(rooms.filter((room) => !text.includes(`| \`src/${room}/\` |`))).toEqual([]);
  });
});

describe('SECURITY.md', () => {
  const text = readFileSync(join(root, '../SECURITY.md'), 'utf8');

  it('follows its promises with tests that exist', () => {
    const named = [...text.matchAll(/`(test\/[\w./-]*)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(root, '..', path)))).toEqual([]);
  });
});
