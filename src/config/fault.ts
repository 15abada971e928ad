import { distance } from 'fastest-levenshtein';

export type Path = readonly PropertyKey[];

/** Something wrong in the configuration, and where. */
export interface ConfigFault {
  readonly path: Path;
  readonly text: string;
}

/** A path as people write it: `accounts[1].limits.BET.grid`. */
export function pathText(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

/** What was found instead, in words; text is quoted up to 60 characters. */
export function got(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'got nothing';
  if (Array.isArray(value)) return 'got a list';
  if (typeof value === 'object') return 'got a mapping';
  if (typeof value !== 'string') return `got ${String(value)}`;
  return `got ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`;
}

/** What was found where its value may not be shown. */
export function gotSecret(value: unknown): string {
  if (typeof value === 'string' && value !== '') return 'got text that is not shown';
  return typeof value === 'number' ? 'got a number' : got(value);
}

/** `; did you mean "port"?`, or what there is to choose from where nothing is near. */
export function suggest(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== null) return `; did you mean "${near}"?`;
  return known.length === 0 ? '' : `; known: ${known.join(', ')}`;
}

/** The known word that was probably meant, or null. */
export function nearest(word: string, known: readonly string[]): string | null {
  const far = (each: string) => distance(word.toLowerCase(), each.toLowerCase());
  const best = [...known].sort((a, b) => far(a) - far(b))[0];
  return best !== undefined && far(best) <= Math.ceil(word.length / 3) ? best : null;
}
