import type { Property } from './model.ts';
import type { QueryOptions } from './options.ts';

/** What a context address says of an answer's shape: what was selected, and what stands within. */
export function shapeOf({ select, selects, expand }: Pick<QueryOptions, 'select' | 'selects' | 'expand'>) {
  const nested = expand.map(
    ({ navigation, select: of, selects: some }) => `${navigation.name}(${some ? namesOf(of) : ''})`,
  );
  if (!selects && nested.length === 0) return '';
  return `(${[...(selects && select.length > 0 ? [namesOf(select)] : []), ...nested].join(',')})`;
}

function namesOf(properties: readonly Property[]): string {
  return properties.map(({ name }) => name).join(',');
}
