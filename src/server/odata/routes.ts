import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BadUserInputError } from '../../errors.ts';
import { type AuditedAnswer, auditAnswer, audited } from '../audit/audited-answer.ts';
import type { RouteDeps, RouteFamily } from '../deps.ts';
import { linkRoot } from '../http/links.ts';
import { vary } from '../http/vary.ts';
import { servedSets } from './answer.ts';
import { answerBatch } from './batch-route.ts';
import { shapeOf } from './context-address.ts';
import { writeJsonMetadata } from './csdl-json.ts';
import { readWithin, withKeys } from './expanded.ts';
import { contentTypeOf, readFormat, wantsJsonMetadata, writeEntity, writePage } from './json.ts';
import { writeMetadata, writeServiceDocument } from './metadata.ts';
import { ODataError } from './odata-error.ts';
import {
  commonOptions,
  queryOptions,
  type RawOptions,
  readFlag,
  readOptions,
  readRawOptions,
} from './options.ts';
import { readPart } from './part.ts';
import { readPath } from './path.ts';

const ROOT = '/odata/v4';
const PAGE_SIZE = 10_000;
const MAX_PAGE_SIZE = 50_000;

// What one request takes from a caller's budget a minute: the archive's reading of a page.
const PAGE_COST = 1_000;

const codes = {
  400: 'BAD_USER_INPUT',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  501: 'NOT_IMPLEMENTED',
} as const;

/** `/odata/v4/`: the archive's rows, totals and coverage for tools that speak OData, read only. */
export const odataRoutes: RouteFamily = (app, deps) => {
  const respond =
    (work: Respond) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      reply.header('odata-version', versionFor(request) ?? '4.0');
      const audit = auditAnswer(deps, request, reply, { route: 'odata', operation: null });
      try {
        if (versionFor(request) === null) {
          throw new ODataError('OData-MaxVersion', 'this service speaks 4.0 and 4.01');
        }
        return await audited(audit, async () => work(request, reply, audit));
      } catch (error) {
        if (!(error instanceof BadUserInputError)) throw error;
        const status = error instanceof ODataError ? error.statusCode : 400;
        const target = error instanceof ODataError ? error.target : undefined;
        return send(reply.code(status), { code: codes[status], message: error.message, target });
      }
    };
  const read = respond((request, reply, audit) => {
    if (isBatch(request)) return refuseMethod(reply, 'POST', 'a batch is sent by POST alone');
    return answer(deps, request, reply, audit);
  });
  const batch = respond((request, reply, audit) => {
    audit.name('$batch');
    return answerBatch(app, deps, request, reply, ROOT, audit);
  });
  addPbidsRoute(app, deps);
  for (const url of [ROOT, `${ROOT}/*`]) {
    app.get(url, { config: { access: 'export' } }, read);
    app.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE'],
      url,
      config: { access: 'export' },
      handler: (request, reply) => {
        if (!isBatch(request)) return refuseMethod(reply, 'GET', 'the service is read only: GET alone');
        if (request.method === 'POST') return batch(request, reply);
        return refuseMethod(reply, 'POST', 'a batch is sent by POST alone');
      },
    });
  }
};

/** `/countroom.pbids`: a file by which Power BI Desktop finds the service; it asks for the key itself. */
function addPbidsRoute(app: FastifyInstance, deps: RouteDeps): void {
  app.get('/countroom.pbids', { config: { access: 'export' } }, (request, reply) => {
    auditAnswer(deps, request, reply, { route: 'odata', operation: 'countroom.pbids' });
    const address = { url: `${linkRoot(request, deps.settings)}${ROOT}/` };
    const connection = { details: { protocol: 'odata', address }, options: {}, mode: 'Import' };
    return vary(reply, 'authorization')
      .header('cache-control', 'private, no-cache')
      .header('content-disposition', 'attachment; filename="countroom.pbids"')
      .send({ version: '0.1', connections: [connection] });
  });
}

type Respond = (request: FastifyRequest, reply: FastifyReply, audit: AuditedAnswer) => unknown;

/** Whether the address is that of batches, however its dollar is spelt. */
function isBatch(request: FastifyRequest): boolean {
  return /^\/odata\/v4\/(\$|%24)batch\/?(\?|$)/.test(request.raw.url ?? '');
}

function refuseMethod(reply: FastifyReply, allowed: string, message: string): FastifyReply {
  return send(reply.code(405).header('allow', allowed).header('odata-version', '4.0'), {
    code: codes[405],
    message,
  });
}

/** The version an answer has: the highest the client takes; null where it takes none of ours. */
function versionFor(request: FastifyRequest): '4.0' | '4.01' | null {
  const [most = '4.0'] = [
    request.headers['odata-maxversion'] ?? request.headers['odata-version'] ?? [],
  ].flat();
  if (!/^\d{1,3}(\.\d{1,3})?$/.test(most.trim()) || Number(most) < 4) return null;
  return Number(most) > 4 ? '4.01' : '4.0';
}

function send(reply: FastifyReply, error: object): FastifyReply {
  return reply.type('application/json;charset=utf-8').send(JSON.stringify({ error }));
}

async function answer(
  deps: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  audit: AuditedAnswer,
): Promise<unknown> {
  const url = new URL(request.raw.url ?? '/', 'http://localhost');
  const raw = readRawOptions(url.search, [...queryOptions, ...commonOptions]);
  const sets = servedSets({ raw: readFlag(raw, 'raw') });
  const resource = readPath(decodePath(url.pathname), sets);
  const root = `${linkRoot(request, deps.settings)}${ROOT}`;
  const suffix = raw.get('raw') === 'true' ? '?raw=true' : '';
  const format = readFormat(raw.get('$format'), request.headers.accept);
  vary(reply, 'accept', 'authorization')
    .type(contentTypeOf(format))
    .header('cache-control', 'private, no-cache');
  if (resource.is === 'metadata') {
    return wantsJsonMetadata(raw.get('$format'), request.headers.accept)
      ? reply.type('application/json;charset=utf-8').send(writeJsonMetadata(sets))
      : reply.type('application/xml;charset=utf-8').send(writeMetadata(sets));
  }
  if (resource.is === 'service') return reply.send(writeServiceDocument(`${root}/$metadata${suffix}`, sets));

  deps.charge(request.viewer, PAGE_COST);
  audit.charged(PAGE_COST);
  const { set } = resource;
  audit.name(set.name);
  const context = deps.makeContext(request.viewer, audit.left);
  if (resource.is === 'entity' && (resource.property !== null || resource.navigation !== null)) {
    const part = await readPart(context, { ...resource, set }, raw);
    if (part === null) throw new ODataError('path', `no such entity of ${set.name}`, { statusCode: 404 });
    audit.add(1);
    if (part.is === 'nothing') return reply.code(204).send();
    if (part.is === 'text') return reply.type('text/plain;charset=utf-8').send(part.text);
    const of = part.context ?? decodePath(url.pathname);
    const shape = { select: part.select, expand: [] };
    const row = { values: part.values, within: [] };
    return reply.send(writeEntity(`${root}/$metadata${suffix}#${of}`, shape, row, format));
  }
  const options = readOptions(raw, set.type);
  if (resource.is === 'count') {
    const count = await set.count(context, options);
    return reply.type('text/plain;charset=utf-8').send(String(count));
  }
  const contextUrl = `${root}/$metadata${suffix}#${set.name}${shapeOf(options)}`;
  const asked = withKeys(options, set.type);
  if (resource.is === 'entity') {
    const values = await set.entity(context, resource.key, asked);
    if (values === null) throw new ODataError('path', `no such entity of ${set.name}`, { statusCode: 404 });
    audit.add(1);
    const [within = []] = await readWithin(context, asked, [values]);
    return reply.send(writeEntity(`${contextUrl}/$entity`, options, { values, within }, format));
  }
  const pageSize = readPageSize(request, reply);
  const page = await set.page(context, asked, { pageSize, format });
  audit.add(page.written?.count ?? page.rows.length);
  const next = page.next === null ? null : `${root}/${set.name}?${nextQuery(raw, page.next)}`;
  const within = options.expand.length === 0 ? {} : { within: await readWithin(context, asked, page.rows) };
  return reply.send(
    Readable.from(writePage({ ...page, ...within, next }, contextUrl, options, format), {
      objectMode: false,
    }),
  );
}

/** The same question from where the page ended; what `$top` and `$skip` leave is in the token. */
function nextQuery(raw: RawOptions, token: string): string {
  const kept = [...raw].filter(([name]) => !['$count', '$skiptoken'].includes(name));
  const pairs = [...kept, ['$skiptoken', token] as const];
  return pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

function readPageSize(request: FastifyRequest, reply: FastifyReply): number {
  const asked = /maxpagesize=(\d{1,9})/i.exec(request.headers['prefer']?.toString() ?? '')?.[1];
  if (asked === undefined) return PAGE_SIZE;
  const size = Math.min(MAX_PAGE_SIZE, Math.max(1, Number(asked)));
  reply.header('preference-applied', `odata.maxpagesize=${size}`);
  return size;
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname.slice(ROOT.length).replace(/^\//, ''));
  } catch (error) {
    if (error instanceof URIError) throw new ODataError('path', 'not percent-encoded as addresses are');
    throw error;
  }
}
