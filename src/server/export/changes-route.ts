import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BadUserInputError } from '../../errors.ts';
import type { ChangesAsk } from '../../graph/change/resolver.ts';
import type { RequestContext } from '../../graph/context.ts';
import { visibleAccounts } from '../../graph/selection/scope.ts';
import { recordKinds } from '../../records/record.ts';
import { type AuditedAnswer, auditAnswer, audited } from '../audit/audited-answer.ts';
import type { RouteDeps } from '../deps.ts';
import { limitStall } from '../http/stall.ts';
import { vary } from '../http/vary.ts';
import { changeLine, createChangeView, walkChanges } from './change-rows.ts';
import { encodingFor, streamOf } from './encoding.ts';
import { EXPORT_COST } from './names.ts';
import { describeFault } from './parameter-error.ts';
import {
  type Parameters,
  readChoices,
  readFlag,
  readOptionalTime,
  readText,
  refuseUnknown,
} from './parameters.ts';
import type { TakeStream } from './stream-slots.ts';
import { tellingFaults } from './telling-faults.ts';

const OPERATION = 'changes.ndjson';

/** `/export/changes.ndjson`: the log of what became of rows, oldest first, from a cursor or a time on. */
export function addChangesRoute(app: FastifyInstance, deps: RouteDeps, takeStream: TakeStream): void {
  app.get(
    `/export/${OPERATION}`,
    // Compressed here, as it is streamed.
    { config: { access: 'export' }, compress: false },
    async (request, reply) => {
      const audit = auditAnswer(deps, request, reply, { route: 'export', operation: OPERATION });
      try {
        return await audited(audit, () => answer(deps, request, reply, { audit, takeStream }));
      } catch (error) {
        if (!(error instanceof BadUserInputError)) throw error;
        return reply.code(400).send({ error: describeFault(error) });
      }
    },
  );
}

interface Asked {
  readonly raw: boolean;
  readonly changes: Omit<ChangesAsk, 'first'>;
}

function readAsk(parameters: Parameters, context: RequestContext): Asked {
  refuseUnknown(parameters, ['after', 'since', 'kinds', 'accounts', 'raw']);
  const visible = visibleAccounts(context).map(({ id }) => id);
  return {
    raw: readFlag(parameters, 'raw') === true,
    changes: {
      after: readText(parameters, 'after'),
      since: readOptionalTime(parameters, 'since'),
      kinds: readChoices(parameters, 'kinds', recordKinds),
      accounts: readChoices(parameters, 'accounts', visible),
    },
  };
}

async function answer(
  deps: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { audit, takeStream }: { readonly audit: AuditedAnswer; readonly takeStream: TakeStream },
): Promise<unknown> {
  const context = deps.makeContext(request.viewer, audit.left);
  const ask = readAsk(request.query as Parameters, context);
  deps.charge(request.viewer, EXPORT_COST);
  audit.charged(EXPORT_COST);
  const lines = linesOf(context, ask, audit);
  // What is wrong with the question comes out with the first page, while it can still be said.
  const first = await lines.next();
  const encoding = encodingFor(request.headers['accept-encoding']);
  vary(reply, 'accept-encoding', 'authorization').header('cache-control', 'private, no-cache');
  reply.type('application/x-ndjson; charset=utf-8');
  reply.header('content-disposition', `attachment; filename="${OPERATION}"`);
  if (encoding !== null) reply.header('content-encoding', encoding);
  if (request.method === 'HEAD') {
    await lines.return();
    return reply.send();
  }
  reply.raw.once('close', takeStream(request.viewer.name));
  limitStall(reply, deps.settings.stallTimeout, () => audit.refuse('STALLED'));
  return reply.send(streamOf(tellingFaults(from(first, lines), audit, request.log), encoding));
}

/** Lines page by page: no more than one is held. */
async function* linesOf(
  context: RequestContext,
  { changes, raw }: Asked,
  { add, left }: AuditedAnswer,
): AsyncGenerator<Uint8Array, void, undefined> {
  const show = createChangeView(context, { raw });
  for await (const page of walkChanges(context, changes)) {
    left.throwIfAborted();
    yield Buffer.from(page.map((change) => changeLine(show(change))).join(''));
    add(page.length);
  }
}

async function* from<T>(
  first: IteratorResult<T, void>,
  rest: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
