import type { FastifyInstance } from 'fastify';
import { BadUserInputError } from '../../errors.ts';
import { checkTimeOfDay, checkTimeZone } from '../../graph/selection/checks.ts';
import { visibleAccounts } from '../../graph/selection/scope.ts';
import { auditAnswer, audited } from '../audit/audited-answer.ts';
import type { RouteDeps } from '../deps.ts';
import { vary } from '../http/vary.ts';
import { readWholeRange } from './ask.ts';
import { readManifest } from './manifest.ts';
import { EXPORT_COST, exportNames } from './names.ts';
import { describeFault, ParameterError } from './parameter-error.ts';
import { type Parameters, readChoices, readText, refuseUnknown } from './parameters.ts';

const OPERATION = 'manifest.json';
const DAY_MS = 86_400_000;

/** The most days of one manifest: each is asked of the ledger by itself. */
export const MOST_DAYS = 400;

type ExportName = keyof typeof exportNames;

/** `/export/manifest.json`: rows, exact sums, checksum and finality of each day, account by account. */
export function addManifestRoute(app: FastifyInstance, deps: RouteDeps): void {
  app.get(`/export/${OPERATION}`, { config: { access: 'export' } }, async (request, reply) => {
    const audit = auditAnswer(deps, request, reply, { route: 'export', operation: OPERATION });
    try {
      return await audited(audit, async () => {
        const context = deps.makeContext(request.viewer, audit.left);
        const visible = visibleAccounts(context).map(({ id }) => id);
        const { ask, names } = readAsk(request.query as Parameters, visible);
        deps.charge(request.viewer, EXPORT_COST);
        audit.charged(EXPORT_COST);
        const days = await readManifest(context, ask);
        audit.add(days.length);
        const { range, timeZone, dayStartsAt } = ask;
        vary(reply, 'authorization').header('cache-control', 'private, no-cache');
        return reply.send({
          generatedAt: new Date(deps.clock()).toISOString(),
          from: new Date(range.from).toISOString(),
          to: new Date(range.to).toISOString(),
          timeZone: timeZone ?? 'UTC',
          dayStartsAt: dayStartsAt ?? '00:00',
          names,
          complete: days.every(({ complete }) => complete),
          final: days.every(({ final }) => final),
          days,
        });
      });
    } catch (error) {
      if (!(error instanceof BadUserInputError)) throw error;
      return reply.code(400).send({ error: describeFault(error) });
    }
  });
}

function readAsk(parameters: Parameters, visible: readonly string[]) {
  refuseUnknown(parameters, ['from', 'to', 'timeZone', 'dayStartsAt', 'accounts', 'names']);
  const range = readWholeRange(parameters);
  if (range.to - range.from > MOST_DAYS * DAY_MS)
    throw new ParameterError(
      'to',
      `expected at most ${MOST_DAYS} days after from; ask for several manifests`,
    );
  const [timeZone, dayStartsAt] = [readText(parameters, 'timeZone'), readText(parameters, 'dayStartsAt')];
  checkTimeZone(timeZone);
  checkTimeOfDay('dayStartsAt', dayStartsAt);
  const known = Object.keys(exportNames) as ExportName[];
  const names = readChoices(parameters, 'names', known) ?? known;
  const accounts = readChoices(parameters, 'accounts', visible);
  const kinds = [...new Set(names)].map((name) => exportNames[name]);
  return { names, ask: { range, timeZone, dayStartsAt, accounts, kinds } };
}
