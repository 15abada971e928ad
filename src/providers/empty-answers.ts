import { type Answer, shapeError } from './answer.ts';
import { choice } from './options.ts';
import { describe } from './wire.ts';

/** Whether an answer of success may say in other words than `[]` that there are no rows. */
export type EmptyAnswers = 'lenient' | 'strict';

/**
 * An option of every provider: `lenient` takes null, {} and [] where rows belong for an empty answer, `strict` only an
 * empty list in its own place. A field that is absent is never one. @default lenient
 */
export const emptyAnswers = choice('lenient', 'strict').default('lenient');

/**
 * The rows of an answer of success: the list that stands under `path`, field by field from the body. Throws the
 * UpstreamError of an answer that has none, and says none in no way that counts; `counted` is how many rows it says it
 * should have.
 */
export function listAt(
  answer: Answer,
  body: unknown,
  path: readonly string[],
  how: EmptyAnswers,
  counted: number | null = null,
): readonly unknown[] {
  let value = body;
  for (const [index, name] of path.entries()) {
    const where = path.slice(0, index + 1).join('.');
    value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    if (value === undefined) throw shapeError(answer, `no ${where}`);
    if (how === 'lenient' && isEmpty(value)) {
      if (counted === null || counted === 0 || Array.isArray(value)) return [];
      throw shapeError(answer, `no rows in ${where}, though it counts ${counted}`);
    }
    if (index === path.length - 1) break;
    if (!isObject(value)) throw shapeError(answer, `${where}: expected an object, got ${describe(value)}`);
  }
  if (Array.isArray(value)) return value;
  throw shapeError(answer, `${path.join('.')}: expected a list, got ${describe(value)}`);
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
