import { BadUserInputError } from '../../errors.ts';

/** A query parameter that cannot be: names it, and lists what is allowed where that is a list. */
export class ParameterError extends BadUserInputError {
  constructor(
    readonly parameter: string,
    problem: string,
    readonly allowed: readonly string[] | null = null,
  ) {
    super(`${parameter}: ${problem}${allowed === null ? '' : `; allowed: ${allowed.join(', ') || 'none'}`}`);
  }
}
