import type { Username } from '../../archive/archive.ts';
import type { RequestContext } from '../../graph/context.ts';
import { toStoredKey } from '../../graph/rows/ids.ts';
import { spellProvider } from '../../graph/schema/provider-name.ts';
import type { Scalar, Where } from '../../records/query.ts';
import { type Condition, type Expression, isCondition } from './expression.ts';
import { satisfies } from './matches.ts';
import type { RowSet } from './model.ts';
import { type KnownNames, namesThemselves, onlyProperty, propertyNames, whereNamed } from './names.ts';
import { ODataError } from './odata-error.ts';
import { ofLiteral, ofProperty } from './operand.ts';
import { readRowId } from './row-id.ts';
import { createValues } from './values.ts';

/**
 * The archive's condition that a `$filter` makes. Properties that no column holds become what does: a player the
 * usernames behind the name, an id its account and key. Throws an ODataError (501) for what cannot be asked of them.
 */
export async function toWhere(context: RequestContext, set: RowSet, filter: Expression): Promise<Where> {
  const known = await readNames(context, filter);
  const toValue = await createValues(context, set, propertyNames(filter));
  const onNames = (expression: Expression): KnownNames | null => {
    const names = known[onlyProperty(expression) ?? ''] ?? null;
    return names !== null && (names.all || namedAlone(expression)) ? names : null;
  };

  /** What is negated is turned round down to its parts: the opposite of a function of null is as little true as it is. */
  function translate(expression: Expression, negated: boolean): Where {
    const names = onNames(expression);
    if (names !== null) return whereNamed(negated ? { op: 'not', of: expression } : expression, names);
    if (expression.op === 'not') return translate(expression.of, !negated);
    if (expression.op === 'constant') return { op: expression.value === negated ? 'or' : 'and', of: [] };
    if (expression.op === 'and' || expression.op === 'or') return translateAll(expression, negated);
    if (expression.op === 'holds') return { op: 'holds', value: toValue(expression.of), is: !negated };
    const plain = isCondition(expression) ? onPlayers(expression) : expression;
    const where: Where =
      plain.op === 'compare'
        ? { op: 'compare', by: plain.by, left: toValue(plain.left), right: toValue(plain.right) }
        : plain.op === 'holds'
          ? { op: 'holds', value: toValue(plain.of), is: !negated }
          : condition(context, set, plain);
    if (!negated || plain.op === 'holds') return where;
    if (plain.op !== 'startswith') return { op: 'not', of: where };
    const isText: Where = { op: 'not', of: { op: 'isNull', column: plain.property.stored! } };
    return both(isText, { op: 'not', of: where });
  }

  function translateAll(expression: Extract<Expression, { op: 'and' | 'or' }>, negated: boolean): Where {
    const op = (expression.op === 'and') === negated ? 'or' : 'and';
    const others: Where[] = [];
    const onOne = new Map<string, Expression[]>();
    for (const part of expression.of) {
      const name = onNames(part) === null ? null : onlyProperty(part);
      if (name === null) others.push(translate(part, negated));
      else onOne.set(name, [...(onOne.get(name) ?? []), part]);
    }
    const named = [...onOne.values()].map((parts) => translate({ op: expression.op, of: parts }, negated));
    return { op, of: [...others, ...named] };
  }

  return translate(filter, false);
}

/** A condition on a player's name that the usernames behind it were not looked up for, as one for the engine. */
function onPlayers(of: Condition): Exclude<Expression, { op: 'and' | 'or' | 'not' | 'constant' }> {
  const { property } = of;
  if (property.name !== 'player' || of.op === 'in') return of;
  const left = ofProperty(property);
  const value = of.value === null ? null : String(of.value);
  const right = ofLiteral(value === null ? { type: 'null' } : { type: 'text', value });
  if (of.op === 'startswith')
    return { op: 'holds', of: { is: 'call', type: 'bool', call: 'startswith', of: [left, right] } };
  return { op: 'compare', by: of.op, left, right };
}

function condition(context: RequestContext, set: RowSet, of: Condition): Where {
  const { players, viewer } = context;
  const { name } = of.property;
  if (name === 'id') return byId(context, set, of);
  if (name === 'provider') {
    const named = context.deps.providers
      .map((provider) => provider.name)
      .filter((provider) => satisfies(of, spellProvider(provider)));
    return { op: 'in', column: 'provider', values: named };
  }
  if (name === 'raw' && !viewer.readsRaw) return { op: satisfies(of, null) ? 'and' : 'or', of: [] };
  if (viewer.readsPlayers) return onColumn(of);
  // What this viewer is shown are pseudonyms and sealed texts: so are the values it asks by.
  if (of.property.sealed === true)
    return onColumn(withValues(of, (value) => players.unsealed(String(value))));
  return onColumn(of);
}

/** A condition on a column as it stands; in the archive a null satisfies `isNull` alone. */
function onColumn(of: Condition): Where {
  const column = of.property.stored!;
  if (of.op === 'startswith') return { op: 'startsWith', column, value: of.value };
  if (of.op === 'in') {
    const named: Where = { op: 'in', column, values: of.values.filter((value) => value !== null) };
    return of.values.includes(null) ? { op: 'or', of: [named, { op: 'isNull', column }] } : named;
  }
  if (of.op === 'ne') return { op: 'not', of: onColumn({ ...of, op: 'eq' }) };
  return of.value === null ? { op: 'isNull', column } : { op: of.op, column, value: of.value };
}

function both(...of: readonly Where[]): Where {
  return { op: 'and', of };
}

function byId(context: RequestContext, set: RowSet, of: Condition): Where {
  const rows: Where[] = [];
  withValues(of, (value) => {
    const row = readRowId(set, String(value));
    if (row === null) return value;
    const key = toStoredKey(context, set.kind, row.key);
    rows.push(
      both({ op: 'eq', column: 'account', value: row.account }, { op: 'eq', column: 'key', value: key }),
    );
    return value;
  });
  const named: Where = { op: 'or', of: rows };
  return of.op === 'ne' ? { op: 'not', of: named } : named;
}

/** The condition with its values changed; only equality survives that, so that all else is refused. */
function withValues(of: Condition, change: (value: Scalar) => Scalar): Condition {
  const changed = (value: Scalar | null) => (value === null ? null : change(value));
  if (of.op === 'in') return { ...of, values: of.values.map(changed) };
  if (of.op === 'eq' || of.op === 'ne') return { ...of, value: changed(of.value) };
  throw new ODataError('$filter', `${of.property.name}: no ${of.op} on it`, {
    statusCode: 501,
    allowed: ['eq', 'ne', 'in'],
  });
}

/** Whether names can be told apart by those that all of its conditions name. */
function namedAlone(expression: Expression): boolean {
  if (expression.op === 'and' || expression.op === 'or') return expression.of.every(namedAlone);
  if (expression.op === 'not') return namedAlone(expression.of);
  return expression.op === 'constant' || namesThemselves(expression);
}

function conditionsOf(expression: Expression): readonly Condition[] {
  if (expression.op === 'and' || expression.op === 'or') return expression.of.flatMap(conditionsOf);
  if (expression.op === 'not') return conditionsOf(expression.of);
  return isCondition(expression) ? [expression] : [];
}

// The engine looks up each row's name for each of these: for many, the names are looked through once beforehand.
const MOST_LOOKS = 8;

/** The names that no column holds as they are shown, by the property that shows them. */
async function readNames(
  { deps, players, viewer }: RequestContext,
  filter: Expression,
): Promise<Readonly<Record<string, KnownNames>>> {
  const conditions = conditionsOf(filter);
  const on = (name: string) => conditions.filter(({ property }) => property.name === name);
  const onPlayers = on('player').filter(namesThemselves);
  const onUsernames = viewer.readsPlayers ? [] : on('providerUsername');
  const isMore = (name: string) => propertyNames(filter).filter((each) => each === name).length;
  // Names that are made at read are known to nobody but us, whatever is asked of them.
  const isMadeUp =
    !viewer.readsPlayers &&
    (onUsernames.length > 0 || onPlayers.length < isMore('player') || isMore('providerUsername') > 0);
  const all = isMadeUp || on('player').length - onPlayers.length > MOST_LOOKS;
  const usernames =
    all || onPlayers.length > 0
      ? await deps.archive.usernames(all ? null : await players.operatorNames(valuesOf(onPlayers)))
      : [];
  const shownPlayer = ({ account, username }: Username) => players.shown(account, username);
  const shownUsername = ({ account, username }: Username) => players.shownUsername(account, username);
  return {
    ...((onPlayers.length > 0 || all) && { player: { usernames, all, shown: shownPlayer } }),
    ...(isMadeUp && { providerUsername: { usernames, all, shown: shownUsername } }),
  };
}

function valuesOf(conditions: readonly Condition[]): readonly string[] {
  const values = conditions.flatMap((of) => (of.op === 'in' ? of.values : [of.value]));
  return [...new Set(values.filter((value) => value !== null).map(String))];
}
