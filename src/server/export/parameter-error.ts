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

/** What is wrong with an export's parameters, as its answer says it. */
export function describeFault(error: BadUserInputError): unknown {
  const { code, message } = error;
  return error instanceof ParameterError
    ? { code, message, parameter: error.parameter, allowed: error.allowed ?? undefined }
    : { code, message };
}
