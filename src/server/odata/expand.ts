import { show } from '../../graph/rows/ids.ts';
import { dimensions, type EntityType, findNavigation, type Navigation, type Property } from './model.ts';
import { noSuchProperty, ODataError } from './odata-error.ts';
import { readSelect } from './select.ts';

/** An entity of another set that is given within each entity. */
export interface Expansion {
  readonly navigation: Navigation;
  /** The properties of the entity by which the other is found. */
  readonly keys: readonly string[];
  /** What is given of the other, in its type's order. */
  readonly select: readonly Property[];
  /** Whether that was asked for: the context address tells. */
  readonly selects: boolean;
}

/** What stands at the top, and what in parentheses behind it. */
const ITEM = /^(\*|[A-Za-z]\w*)(?:\((.*)\))?$/s;

/**
 * Reads an `$expand`: the names of navigation properties, each with a `$select` of its own, or `*` for all. Throws an
 * ODataError naming what is wrong; what OData has besides is a 501.
 */
export function readExpand(text: string | undefined, type: EntityType): readonly Expansion[] {
  if (text === undefined) return [];
  if ((type.navigations ?? []).length === 0) throw notHere(`${type.name} has no navigation properties`);
  const found = split(text, ',').flatMap((item) => readItem(item, type));
  const names = found.map(({ navigation }) => navigation.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new ODataError('$expand', `${show(twice)} came twice`);
  return found;
}

/** All, or what is named, of the entity that a navigation leads to. */
export function expansionOf(navigation: Navigation, select: readonly Property[] | null = null): Expansion {
  const { type } = dimensions[navigation.to];
  const keys = Object.values(navigation.by);
  return { navigation, keys, select: select ?? type.properties, selects: select !== null };
}

function readItem(item: string, type: EntityType): readonly Expansion[] {
  const known = type.navigations ?? [];
  const [, name, options] = ITEM.exec(item.trim()) ?? [];
  if (name === undefined) {
    if (/^\w+\/(\$ref|\$count|\w)/.test(item.trim())) throw notHere(`no ${show(item.trim())} here`);
    throw new ODataError('$expand', `expected names with commas between them, got ${show(item)}`);
  }
  if (name === '*') {
    if (options !== undefined) throw notHere('* takes no options here');
    return known.map((each) => expansionOf(each));
  }
  const navigation = findNavigation(type, name);
  if (navigation === undefined)
    throw noSuchProperty(
      '$expand',
      name,
      known.map((each) => each.name),
    );
  return [expansionOf(navigation, readSelected(options ?? '', navigation))];
}

function readSelected(options: string, { name, to }: Navigation): readonly Property[] | null {
  const { type } = dimensions[to];
  let selected: readonly Property[] | null = null;
  for (const option of split(options, ';').filter((each) => each.trim() !== '')) {
    const [, spelt = '', value = ''] = /^\s*\$?(\w+)\s*=(.*)$/s.exec(option) ?? [];
    if (spelt.toLowerCase() !== 'select') throw notHere(`${name}: no ${show(option)} within it`, ['$select']);
    if (selected !== null) throw new ODataError('$expand', `${name}: expected $select once`);
    selected = readSelect(value, type, '$expand') ?? type.properties;
  }
  return selected;
}

/** The parts between separators that stand in no parentheses. */
function split(text: string, separator: ',' | ';'): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function notHere(problem: string, allowed?: readonly string[]): ODataError {
  return new ODataError('$expand', problem, { statusCode: 501, ...(allowed && { allowed }) });
}
