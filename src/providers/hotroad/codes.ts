import type { CodeTable } from '../answer.ts';
import type { HotRoadOptions } from './options.ts';

export const SUCCESS = '0000';

/** The codes the operator named; no table of the provider's own (5.4) is public, and none is invented. */
export function codesOf({
  statusMessages,
  statusActions,
}: Pick<HotRoadOptions, 'statusMessages' | 'statusActions'>): CodeTable {
  const named = new Set([...Object.keys(statusMessages), ...Object.keys(statusActions)]);
  return Object.fromEntries(
    [...named].map((code) => [
      code,
      { meaning: statusMessages[code] ?? 'no message configured', action: statusActions[code] ?? 'giveUp' },
    ]),
  );
}
