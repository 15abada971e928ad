import type { Username } from '../../archive/archive.ts';
import type { Where } from '../../records/query.ts';
import { type Expression, isCondition } from './expression.ts';
import { matches, satisfies } from './matches.ts';
import { propertiesOf } from './operand.ts';

type Holds = (name: string) => boolean;

// No provider's text has this character: a name that no condition names.
const SOMEBODY_ELSE = '\u0000';

/** The property that all of an expression's conditions are on; null where they are on several, or on none. */
export function onlyProperty(expression: Expression): string | null {
  if (expression.op === 'constant') return null;
  if (expression.op === 'not') return onlyProperty(expression.of);
  if (isCondition(expression)) return expression.property.name;
  const names = new Set(
    expression.op === 'and' || expression.op === 'or'
      ? expression.of.map(onlyProperty)
      : propertyNames(expression),
  );
  return names.size === 1 ? ([...names][0] ?? null) : null;
}

/** The names of every property an expression looks at. */
export function propertyNames(expression: Expression): readonly string[] {
  switch (expression.op) {
    case 'and':
    case 'or':
      return expression.of.flatMap(propertyNames);
    case 'not':
      return propertyNames(expression.of);
    case 'constant':
      return [];
    case 'compare':
      return [expression.left, expression.right].flatMap(propertiesOf).map(({ name }) => name);
    case 'holds':
      return propertiesOf(expression.of).map(({ name }) => name);
    default:
      return [expression.property.name];
  }
}

/** Whether names can be told apart by the ones that the conditions name, so that no others need be looked at. */
export function namesThemselves({ op }: Expression): boolean {
  return op === 'eq' || op === 'ne' || op === 'in';
}

export interface KnownNames {
  readonly usernames: readonly Username[];
  /** Whether these are all there are, or those alone that the conditions name. */
  readonly all: boolean;
  readonly shown: (username: Username) => string;
}

/**
 * The archive's condition that an expression on names makes: one set of usernames whatever its operators are, those it
 * selects or, where these are more, those it does not.
 */
export function whereNamed(expression: Expression, { usernames, all, shown }: KnownNames): Where {
  const holds = compile(expression);
  const selected: Username[] = [];
  const others: Username[] = [];
  for (const username of usernames) (holds(shown(username)) ? selected : others).push(username);
  const isMost = all ? selected.length > others.length : holds(SOMEBODY_ELSE);
  return isMost ? { op: 'not', of: amongUsernames(others) } : amongUsernames(selected);
}

/** A test of names: what hundreds of equalities name is looked up at once. */
function compile(expression: Expression): Holds {
  if (expression.op === 'constant') return () => expression.value;
  if (expression.op === 'not') {
    const inner = compile(expression.of);
    return (name) => !inner(name);
  }
  if (expression.op !== 'and' && expression.op !== 'or') {
    if (isCondition(expression)) return (name) => satisfies(expression, name);
    const property = onlyProperty(expression) ?? '';
    return (name) => matches(expression, { [property]: name });
  }
  // Of `or` the equalities select together, of `and` the inequalities exclude.
  const wanted = expression.op === 'or' ? 'eq' : 'ne';
  const named = new Set<unknown>();
  const rest: Holds[] = [];
  for (const each of expression.of) {
    if (isCondition(each) && each.op === wanted) named.add(each.value);
    else rest.push(compile(each));
  }
  return expression.op === 'or'
    ? (name) => named.has(name) || rest.some((holds) => holds(name))
    : (name) => !named.has(name) && rest.every((holds) => holds(name));
}

function amongUsernames(usernames: readonly Username[]): Where {
  const byAccount = new Map<string, string[]>();
  for (const { account, username } of usernames) {
    const names = byAccount.get(account);
    if (names === undefined) byAccount.set(account, [username]);
    else names.push(username);
  }
  const of = [...byAccount].map(
    ([account, values]): Where => ({
      op: 'and',
      of: [
        { op: 'eq', column: 'account', value: account },
        { op: 'in', column: 'providerUsername', values },
      ],
    }),
  );
  return { op: 'or', of };
}
