import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse as parseQuery, validate } from 'graphql';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const alert = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.object({ severity: z.enum(['critical', 'warning', 'info']) }),
  annotations: z.object({ summary: z.string(), description: z.string(), runbook: z.string() }),
});
const recording = z.object({ record: z.string(), expr: z.string() });
const rulesOf = <T>(path: string, rule: z.ZodType<T>) =>
  z
    .object({ groups: z.array(z.object({ rules: z.array(rule) })) })
    .parse(parse(read(path)))
    .groups.flatMap(({ rules }) => rules);

const alerts = rulesOf('deploy/prometheus/alerts.yaml', alert);
const recordings = rulesOf('deploy/prometheus/recording.yaml', recording);
const dashboard = z
  .object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })) })
  .parse(JSON.parse(read('deploy/grafana/countroom.json')))
  .panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

const page = read('docs/alerts.md');
const sections = [...page.matchAll(/^## (\w+)\n(.*?)(?=^## |$(?![\s\S]))/gms)].map(
  ([, name = '', text = '']) => ({
    name,
    text,
  }),
);

describe('docs/alerts.md', () => {
  it('has a section for each alert, in their order, and none besides', () => {
    expect(alerts.length).toBeGreaterThan(10);
    expect(sections.map(({ name }) => name)).toEqual(alerts.map((each) => each.alert));
  });

  it('says of each what it means, what to look at and what to do', () => {
    const parts = ['**Means**', '**Look at**', '**Do**'];
    expect(sections.filter(({ text }) => !parts.every((part) => text.includes(part)))).toEqual([]);
  });

  it('is where each alert’s annotation leads', () => {
    const elsewhere = alerts.filter(
      (each) => each.annotations.runbook !== `docs/alerts.md#${each.alert.toLowerCase()}`,
    );
    expect(elsewhere).toEqual([]);
  });

  it('asks what the graph answers', () => {
    const schema = buildSchema(read('schema.graphql'), { assumeValidSDL: true });
    const queries = [...page.matchAll(/`((?:mutation )?\{ [^`]*\})`/g)].map(([, query = '']) => query);
    expect(queries.length).toBeGreaterThan(3);
    // `sync: { … }` and `limits: { … }` are configuration, and begin with their key.
    expect(queries.flatMap((query) => validate(schema, parseQuery(query)))).toEqual([]);
  });

  it('names commands that there are', () => {
    const commands = [...page.matchAll(/`countroom ([a-z-]+)/g)].map(([, command = '']) => command);
    const cli = read('src/cli.ts');
    expect(commands.length).toBeGreaterThan(20);
    expect(commands.filter((command) => !cli.includes(`'${command}`))).toEqual([]);
  });
});

/** The series of an expression, without what a histogram adds to its name. */
function seriesIn(expr: string): readonly string[] {
  const names = expr.match(/\b(?:countroom[_:]|nodejs_|process_)[a-z0-9_:]*/g) ?? [];
  return names.map((name) => name.replace(/_seconds_(?:bucket|count|sum)$/, '_seconds'));
}

describe('rules and the dashboard', () => {
  it('name series that countroom, or Node’s part of it, registers', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => read(join('src', path)));
    const ours = sources.flatMap((text) =>
      [...text.matchAll(/name: '(countroom_\w+)'/g)].map(([, name = '']) => name),
    );
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const known = [
      ...ours,
      ...registry.getMetricsAsArray().map(({ name }) => name),
      ...recordings.map(({ record }) => record),
    ];
    const named = [...alerts, ...recordings]
      .map(({ expr }) => expr)
      .concat(dashboard)
      .flatMap(seriesIn);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('are proved by a case each', () => {
    const cases = read('deploy/prometheus/alerts_test.yaml');
    expect(alerts.filter((each) => !cases.includes(`"${each.alert}"`))).toEqual([]);
  });
});
