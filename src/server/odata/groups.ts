import type { RequestContext } from '../../graph/context.ts';
import type { Value } from '../../records/expression.ts';
import type { RowQuery, SortTerm, TableQuery, TableStep, Where } from '../../records/query.ts';
import type { FlatValue } from '../export/flat-row.ts';
import type { EntityPage } from './entities.ts';
import { type Expression, isCondition } from './expression.ts';
import type { Transformation } from './filter.ts';
import type { RowSet } from './model.ts';
import { type Operand, ofLiteral, ofProperty, propertiesOf, typeOfProperty } from './operand.ts';
import type { QueryOptions } from './options.ts';
import { readKeys, writeKeys } from './skip-token.ts';
import { createValues } from './values.ts';

type Grouping = Extract<Transformation, { step: 'group' }>;

/** A page of the groups that an `$apply` makes of rows: grouped, filtered, sorted and skipped in the engine. */
export async function readGroups(
  context: RequestContext,
  set: RowSet,
  options: QueryOptions,
  query: RowQuery,
  pageSize: number,
): Promise<EntityPage> {
  const { orderBy, skip, top, select, count, skipToken } = options;
  const steps = await stepsOf(context, set, options);
  const { archive } = context.deps;
  const total = count ? await countTable({ rows: query, steps, place: null }, context) : null;
  const last = lastGrouping(options);
  const keys = last.by.map((property) => ({ operand: ofProperty(property), descending: false }));
  const order = [...orderBy, ...keys];
  const place =
    skipToken === null
      ? null
      : readKeys(
          skipToken,
          order.map(({ operand }) => operand.type),
        );
  const left = place === null ? top : place.left;
  const wanted = Math.min(pageSize, left ?? pageSize);
  if (wanted === 0) return { rows: [], count: total, next: null };
  const terms = order.map(
    ({ operand, descending }): SortTerm => ({ value: groupValue(operand), descending }),
  );
  const found = await archive.table({
    rows: query,
    steps,
    place: {
      orderBy: terms,
      after: place?.keys ?? null,
      skip: place === null ? skip : 0,
      limit: left === wanted ? wanted : wanted + 1,
    },
  });
  const columns = select.map(({ name }) => found.columns.findIndex((column) => column.name === name));
  const page = found.rows.slice(0, wanted);
  const rows = page.map((row) => columns.map((at): FlatValue => row[at] ?? null));
  if (found.rows.length <= wanted) return { rows, count: total, next: null };
  const next = { keys: found.keys[wanted - 1]!, left: left === null ? null : left - wanted };
  return { rows, count: total, next: writeKeys(next) };
}

/** How many groups there are. */
export async function countGroups(
  context: RequestContext,
  set: RowSet,
  options: QueryOptions,
  query: RowQuery,
): Promise<number> {
  return countTable({ rows: query, steps: await stepsOf(context, set, options), place: null }, context);
}

async function countTable(query: TableQuery, { deps }: RequestContext): Promise<number> {
  const { rows } = await deps.archive.table(query);
  return Number(rows[0]?.[0] ?? 0);
}

function lastGrouping({ apply }: QueryOptions): Grouping {
  return apply!.findLast((step): step is Grouping => step.step === 'group')!;
}

async function stepsOf(
  context: RequestContext,
  set: RowSet,
  { apply, filter }: QueryOptions,
): Promise<readonly TableStep[]> {
  const steps: TableStep[] = [];
  let ofRows = true;
  for (const step of apply ?? []) {
    if (step.step === 'filter') {
      // What rows are filtered by before stands in the query of rows.
      if (!ofRows) steps.push({ step: 'filter', where: groupWhere(step.filter, false) });
      continue;
    }
    const toValue = ofRows ? await rowValues(context, set, step) : groupValue;
    steps.push({
      step: 'group',
      by: step.by.map((property) => ({ name: property.name, value: toValue(ofProperty(property)) })),
      aggregates: step.aggregates.map(({ name, of }) => ({
        name,
        of: of === null ? { method: 'count' } : { method: of.method, value: toValue(of.operand) },
      })),
    });
    ofRows = false;
  }
  return filter === null ? steps : [...steps, { step: 'filter', where: groupWhere(filter, false) }];
}

function rowValues(context: RequestContext, set: RowSet, { by, aggregates }: Grouping) {
  const operands = aggregates.flatMap(({ of }) => (of === null ? [] : [of.operand]));
  const names = [...by, ...operands.flatMap(propertiesOf)].map(({ name }) => name);
  return createValues(context, set, names);
}

function groupValue(operand: Operand): Value {
  if (operand.is === 'property') return { is: 'column', column: operand.property.name };
  if (operand.is === 'call') return { is: 'call', call: operand.call, of: operand.of.map(groupValue) };
  return { is: 'literal', type: operand.type, value: operand.value };
}

/** A condition on groups, which have no columns of the archive's own: all of it compares expressions. */
function groupWhere(expression: Expression, negated: boolean): Where {
  switch (expression.op) {
    case 'and':
    case 'or':
      return {
        op: (expression.op === 'and') === negated ? 'or' : 'and',
        of: expression.of.map((each) => groupWhere(each, negated)),
      };
    case 'not':
      return groupWhere(expression.of, !negated);
    case 'constant':
      return { op: expression.value === negated ? 'or' : 'and', of: [] };
    case 'holds':
      return { op: 'holds', value: groupValue(expression.of), is: !negated };
    case 'compare': {
      const { by, left, right } = expression;
      const where: Where = { op: 'compare', by, left: groupValue(left), right: groupValue(right) };
      return negated ? { op: 'not', of: where } : where;
    }
    default:
      return isCondition(expression) ? groupWhere(plain(expression), negated) : expression;
  }
}

/** A condition on a property as one that compares expressions. */
function plain(condition: Extract<Expression, { property: unknown }>): Expression {
  const { property } = condition;
  const left = ofProperty(property);
  const literal = (value: string | number | boolean | null): Operand =>
    value === null
      ? ofLiteral({ type: 'null' })
      : {
          is: 'literal',
          type: typeOfProperty(property),
          value,
          literal: { type: 'text', value: `${value}` },
        };
  if (condition.op === 'startswith')
    return {
      op: 'holds',
      of: { is: 'call', type: 'bool', call: 'startswith', of: [left, literal(condition.value)] },
    };
  if (condition.op === 'in') {
    const of = condition.values.map(
      (each): Expression => ({ op: 'compare', by: 'eq', left, right: literal(each) }),
    );
    return { op: 'or', of };
  }
  return { op: 'compare', by: condition.op, left, right: literal(condition.value) };
}
