import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BadUserInputError } from '../../errors.ts';
import type { Gap } from '../../records/coverage.ts';
import type { LineFormat } from '../../records/flat.ts';
import { type AuditedAnswer, auditAnswer, audited } from '../audit/audited-answer.ts';
import type { RouteDeps, RouteFamily } from '../deps.ts';
import { limitStall } from '../http/stall.ts';
import { vary } from '../http/vary.ts';
import { readByteRange } from './byte-range.ts';
import { addChangesRoute } from './changes-route.ts';
import { type Encoding, encodingFor, streamOf } from './encoding.ts';
import { matches } from './etag.ts';
import { createFileCache, type FileCache } from './file-cache.ts';
import { addManifestRoute } from './manifest-route.ts';
import {
  EXPORT_COST,
  type ExportFormat,
  exportFormats,
  exportNames,
  type FileFormat,
  isFileFormat,
} from './names.ts';
import { describeFault } from './parameter-error.ts';
import type { Parameters } from './parameters.ts';
import { readRowsExport } from './rows.ts';
import { createStreamSlots, type TakeStream } from './stream-slots.ts';
import type { OpenTable, ReadTable } from './table.ts';
import { tellingFaults } from './telling-faults.ts';
import { readTotalsExport } from './totals.ts';

const contentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/**
 * `/export/{bets,transfers,failures}.{csv,ndjson,parquet,xlsx}`: the archive's rows, streamed; `/export/totals` in the same
 * formats; `/export/changes.ndjson`; and `/export/manifest.json`.
 */
export const exportRoutes: RouteFamily = (app, deps) => {
  const takeStream = createStreamSlots();
  const files = createFileCache();
  app.addHook('onClose', () => files.close());
  const tables: Record<string, ReadTable> = { totals: readTotalsExport };
  for (const [name, kind] of Object.entries(exportNames)) tables[name] = readRowsExport(name, kind);
  for (const [name, read] of Object.entries(tables)) {
    for (const format of exportFormats) addRoute(app, deps, { name, read, format }, { takeStream, files });
  }
  addChangesRoute(app, deps, takeStream);
  addManifestRoute(app, deps);
};

interface Target {
  readonly name: string;
  readonly read: ReadTable;
  readonly format: ExportFormat;
}

interface Shared {
  readonly takeStream: TakeStream;
  readonly files: FileCache;
}

function addRoute(app: FastifyInstance, deps: RouteDeps, target: Target, shared: Shared): void {
  app.get(
    `/export/${target.name}.${target.format}`,
    // Rows are compressed here, as they are streamed; what is in Parquet or a workbook is compressed already.
    { config: { access: 'export' }, compress: false },
    async (request, reply) => {
      const operation = `${target.name}.${target.format}`;
      const audit = auditAnswer(deps, request, reply, { route: 'export', operation });
      try {
        return await audited(audit, () => answer(deps, target, request, reply, { audit, ...shared }));
      } catch (error) {
        if (!(error instanceof BadUserInputError)) throw error;
        // It may come while the file is made, when the answer was to be that file.
        for (const name of ['content-disposition', 'etag']) reply.removeHeader(name);
        return reply
          .code(400)
          .type('application/json; charset=utf-8')
          .send({ error: describeFault(error) });
      }
    },
  );
}

async function answer(
  deps: RouteDeps,
  target: Target,
  request: FastifyRequest,
  reply: FastifyReply,
  { audit, takeStream, files }: Shared & { readonly audit: AuditedAnswer },
): Promise<unknown> {
  const context = deps.makeContext(request.viewer, audit.left);
  const { completeRequired, fileName, open } = target.read(
    request.query as Parameters,
    context,
    target.format,
  );
  deps.charge(request.viewer, EXPORT_COST);
  audit.charged(EXPORT_COST);
  const opened = await open();
  if (opened.coverage !== null) {
    const { complete, gaps } = opened.coverage;
    reply.header('countroom-complete', String(complete)).header('countroom-gaps', gaps.length);
    if (completeRequired && !complete) {
      audit.refuse('INCOMPLETE');
      return reply.code(409).send(refusal(gaps));
    }
  }
  const { format } = target;
  const encoding = isFileFormat(format) ? null : encodingFor(request.headers['accept-encoding']);
  vary(reply, 'accept-encoding', 'authorization').header('cache-control', 'private, no-cache');
  const etag = await opened.etag(`${format} ${encoding}`);
  if (etag !== null) reply.header('etag', etag);
  if (etag !== null && matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const isHead = request.method === 'HEAD';
  // A file is made for HEAD as well, since its length is told.
  if (!isHead || isFileFormat(format)) reply.raw.once('close', takeStream(request.viewer.name));
  reply.type(contentTypes[format]);
  reply.header('content-disposition', `attachment; filename="${fileName}.${format}"`);
  if (encoding !== null) reply.header('content-encoding', encoding);
  if (!isHead) limitStall(reply, deps.settings.stallTimeout, () => audit.refuse('STALLED'));
  if (isFileFormat(format)) return sendFile(request, reply, opened, { audit, files, etag, format });
  // How long it will be is not known before it is written: an answer without its length, not one of length 0.
  if (isHead) return reply.send(Readable.from([]));
  return reply.send(await body(opened, format, audit, encoding, request.log));
}

/** A file with its length, or the part of it that was asked for; parts asked for in turn are of the same file. */
async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  opened: OpenTable,
  {
    audit,
    files,
    etag,
    format,
  }: Pick<Shared, 'files'> & {
    readonly audit: AuditedAnswer;
    readonly etag: string | null;
    readonly format: FileFormat;
  },
): Promise<unknown> {
  const write = (path: string) => opened.write(format, path, { signal: audit.left, onRows: audit.add });
  const { size, read } = await files.open(etag ?? randomUUID(), write);
  const { range, 'if-range': ifRange } = request.headers;
  const isSame = ifRange === undefined || ifRange === etag;
  const part = isSame ? readByteRange(range, size) : null;
  reply.header('accept-ranges', 'bytes');
  if (part === 'unsatisfiable') {
    return reply.code(416).header('content-range', `bytes */${size}`).send();
  }
  if (part !== null) reply.code(206).header('content-range', `bytes ${part.start}-${part.end}/${size}`);
  reply.header('content-length', part === null ? size : part.end - part.start + 1);
  return reply.send(request.method === 'HEAD' ? Readable.from([]) : read(part));
}

/** The bytes as a stream that reads no faster than the client does, and not at all once it has left. */
async function body(
  opened: OpenTable,
  format: LineFormat,
  audit: AuditedAnswer,
  encoding: Encoding | null,
  log: FastifyRequest['log'],
): Promise<Readable> {
  const bytes = await opened.read(format, { signal: audit.left, onRows: audit.add });
  return streamOf(tellingFaults(bytes, audit, log), encoding);
}

function refusal(gaps: readonly Gap[]): unknown {
  const message = `complete: the range has ${gaps.length} gap${gaps.length === 1 ? '' : 's'}`;
  return { error: { code: 'INCOMPLETE', message }, gaps: gaps.map(spellGap) };
}

/** A gap as the graph spells it. */
function spellGap({ account, kind, from, to, reason, retryAt, message }: Gap) {
  const iso = (at: number) => new Date(at).toISOString();
  const again = retryAt === null ? null : iso(retryAt);
  return { accountId: account, kind, from: iso(from), to: iso(to), reason, retryAt: again, message };
}
