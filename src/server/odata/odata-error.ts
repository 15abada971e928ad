import { BadUserInputError } from '../../errors.ts';
import { show } from '../../graph/rows/ids.ts';

/** A request OData cannot answer: what part of it, and the HTTP status that says why. */
export class ODataError extends BadUserInputError {
  readonly statusCode: 400 | 404 | 405 | 501;
  constructor(
    /** The query option or part of the path at fault. */
    readonly target: string,
    problem: string,
    options: { readonly statusCode?: ODataError['statusCode']; readonly allowed?: readonly string[] } = {},
  ) {
    const { statusCode = 400, allowed } = options;
    super(`${target}: ${problem}${allowed === undefined ? '' : `; allowed: ${allowed.join(', ')}`}`);
    this.statusCode = statusCode;
  }
}

/** A `$filter`, `$select` or `$orderby` on a property that is not there. */
export function noSuchProperty(target: string, name: string, allowed: Iterable<string>): ODataError {
  return new ODataError(target, `no property ${show(name)}`, { allowed: [...allowed] });
}
