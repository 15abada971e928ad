import { show } from '../../graph/rows/ids.ts';
import { ODataError } from './odata-error.ts';

/** One request of a batch, as it was sent. */
export interface BatchRequest {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Those that a request of a batch may have for itself, in lower case; who asks is said once, by the batch. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What an individual request was answered. */
export interface BatchAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The most requests of one batch. */
export const MOST_REQUESTS = 50;

const MAX_ID = 200;
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const ownHeaders = ['accept', 'prefer', 'odata-maxversion', 'odata-version'];
const givenHeaders = ['content-type', 'odata-version', 'preference-applied', 'allow', 'retry-after'];

/**
 * Reads a batch in JSON form. Throws an ODataError naming what is wrong: 400, or 501 for what ties requests together, since
 * nothing here changes anything that another could see.
 */
export function readBatch(body: unknown): readonly BatchRequest[] {
  const requests = isRecord(body) ? body['requests'] : undefined;
  if (!Array.isArray(requests))
    throw new ODataError('requests', 'expected a list, as in {"requests":[{"id":"1",…}]}');
  if (requests.length > MOST_REQUESTS)
    throw new ODataError('requests', `expected at most ${MOST_REQUESTS}, got ${requests.length}`);
  const ids = new Set<string>();
  return requests.map((each: unknown, at) => {
    const request = readRequest(each, `requests[${at}]`);
    if (ids.has(request.id)) throw new ODataError(`requests[${at}].id`, `${show(request.id)} came twice`);
    ids.add(request.id);
    return request;
  });
}

function readRequest(given: unknown, target: string): BatchRequest {
  if (!isRecord(given)) throw new ODataError(target, 'expected an object');
  const { id, url, headers = {} } = given;
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID)
    throw new ODataError(`${target}.id`, `expected a text of at most ${MAX_ID} characters`);
  for (const name of ['dependsOn', 'atomicityGroup', 'if'] as const) {
    const value = given[name] ?? [];
    if (!Array.isArray(value) || value.length > 0)
      throw new ODataError(`${target}.${name}`, 'not supported: every request stands alone', {
        statusCode: 501,
      });
  }
  const method = methods.find((each) => each === String(given['method']).toUpperCase());
  if (method === undefined) throw new ODataError(`${target}.method`, 'no such method', { allowed: methods });
  if (typeof url !== 'string') throw new ODataError(`${target}.url`, 'expected a text');
  if (!isRecord(headers)) throw new ODataError(`${target}.headers`, 'expected an object');
  const own = Object.entries(headers).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== 'string' || /[^\t\x20-\x7e]/.test(value))
      throw new ODataError(`${target}.headers.${name}`, 'expected a text as headers have it');
    return ownHeaders.includes(name.toLowerCase()) ? [[name.toLowerCase(), value]] : [];
  });
  return { id, method, url, headers: Object.fromEntries(own) };
}

/**
 * An individual request's address as a path of this server: absolute, from the server's root, or relative to the
 * service's. Throws an ODataError for one that leads elsewhere, or to another batch.
 */
export function pathOf(url: string, service: URL, hosts: readonly string[]): string {
  const address = URL.canParse(url, service.href) ? new URL(url, service.href) : null;
  const isOurs = address !== null && /^https?:$/.test(address.protocol) && hosts.includes(address.host);
  if (!isOurs || !address.pathname.startsWith(service.pathname))
    throw new ODataError('url', `${show(url)}: expected an address of this service, such as Bets?$top=1`);
  const rest = address.pathname.slice(service.pathname.length);
  if (/^(\$|%24)batch\/?$/i.test(rest)) throw new ODataError('url', 'a batch holds no other');
  return rest + address.search;
}

/** An answer as the batch's answer holds it: JSON as it is, texts as texts, anything else in base64url. */
export function writeAnswer(id: string, { status, headers, body }: BatchAnswer): string {
  const given = Object.entries(headers).filter(([name]) => givenHeaders.includes(name));
  const type = headers['content-type'] ?? '';
  const start = `{"id":${JSON.stringify(id)},"status":${status},"headers":${JSON.stringify(Object.fromEntries(given))}`;
  if (body === '') return `${start}}`;
  if (/^application\/([\w.-]+\+)?json\b/.test(type)) return `${start},"body":${body}}`;
  const text = type.startsWith('text/') ? body : Buffer.from(body).toString('base64url');
  return `${start},"body":${JSON.stringify(text)}}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
