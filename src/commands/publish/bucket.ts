import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { UnavailableError, UsageError } from '../../errors.ts';
import type { Io } from '../io.ts';
import type { Target } from './target.ts';

/** How a bucket is reached, from the variables that every S3 client reads. */
export interface BucketSettings {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
  readonly region: string;
  /** The store's address where it is not Amazon's; buckets are then part of the path. */
  readonly endpoint: string | null;
}

// Of what the store could not answer just now; each waits longer than the one before.
const RETRIES = 5;
const FIRST_WAIT_MS = 200;

/** Reads AWS_ACCESS_KEY_ID and its like; throws a UsageError naming what is missing. */
export function readBucketSettings(env: Io['env']): BucketSettings {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] ?? '';
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] ?? '';
  if (accessKeyId === '' || secretAccessKey === '') {
    throw new UsageError('--to s3://…: expected AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to be set');
  }
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'] ?? null;
  if (endpoint !== null && !URL.canParse(endpoint)) {
    throw new UsageError('AWS_ENDPOINT_URL: expected an address such as https://s3.example.com');
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: env['AWS_SESSION_TOKEN'] ?? null,
    region: env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    endpoint: endpoint?.replace(/\/+$/, '') ?? null,
  };
}

/** What signs requests, and asks again what could not be answered just now. */
export function createS3Client(settings: Omit<BucketSettings, 'endpoint'>): AwsClient {
  const { accessKeyId, secretAccessKey, sessionToken, region } = settings;
  return new AwsClient({
    ...{ accessKeyId, secretAccessKey, region, service: 's3' },
    ...{ retries: RETRIES, initRetryMs: FIRST_WAIT_MS },
    ...(sessionToken !== null && { sessionToken }),
  });
}

/** Objects of a bucket below a prefix; an object is there at once and whole, as the store promises. */
export function createBucket(
  settings: BucketSettings & { readonly bucket: string; readonly prefix: string },
  signal: AbortSignal,
): Target {
  const { bucket, prefix, region, endpoint } = settings;
  const client = createS3Client(settings);
  const root = endpoint === null ? `https://${bucket}.s3.${region}.amazonaws.com` : `${endpoint}/${bucket}`;
  const name = `s3://${bucket}${prefix === '' ? '' : `/${prefix.replace(/\/+$/, '')}`}`;

  async function ask(
    method: 'GET' | 'HEAD' | 'PUT',
    path: string,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<Response> {
    const key = [prefix, path]
      .join('/')
      .split('/')
      .filter((each) => each !== '');
    const url = `${root}/${key.map(encodeURIComponent).join('/')}`;
    const headers = {
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    };
    try {
      return await client.fetch(url, { method, headers, signal, ...(body !== undefined && { body }) });
    } catch (error) {
      if (signal.aborted || !(error instanceof TypeError)) throw error;
      throw new UnavailableError(`${name}: expected an answer to ${method} ${path}, got none`, {
        cause: error,
      });
    }
  }

  async function refused(response: Response, method: string, path: string): Promise<UnavailableError> {
    const [, code = ''] = /<Code>(\w{1,60})<\/Code>/.exec(await response.text()) ?? [];
    const said = `${response.status}${code === '' ? '' : ` ${code}`}`;
    return new UnavailableError(`${name}: expected to ${method} ${path}, got ${said}`);
  }

  return {
    name,
    async read(path) {
      const response = await ask('GET', path);
      if (response.status === 404) return null;
      if (!response.ok) throw await refused(response, 'GET', path);
      return Buffer.from(await response.arrayBuffer());
    },
    async size(path) {
      const response = await ask('HEAD', path);
      if (response.status === 404) return null;
      if (!response.ok) throw await refused(response, 'HEAD', path);
      return Number(response.headers.get('content-length'));
    },
    async write(path, bytes) {
      const response = await ask('PUT', path, bytes);
      if (!response.ok) throw await refused(response, 'PUT', path);
      await response.arrayBuffer();
    },
  };
}
