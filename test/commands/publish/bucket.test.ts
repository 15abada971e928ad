import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createS3Client, readBucketSettings } from '../../../src/commands/publish/bucket.ts';
import { openTarget } from '../../../src/commands/publish/target.ts';
import { createWorld } from '../harness.ts';

// The examples that Amazon publishes of signing requests to S3 with version 4, and their key.
const published = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: null,
  region: 'us-east-1',
};
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const root = 'https://examplebucket.s3.amazonaws.com';
interface Example {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signature: string;
}

describe('signatures', () => {
  it.each<Example>([
    {
      method: 'PUT',
      url: `${root}/test%24file.text`,
      headers: {
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      },
      signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
    },
    {
      method: 'GET',
      url: `${root}/?lifecycle`,
      headers: { 'x-amz-content-sha256': EMPTY },
      signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    },
    {
      method: 'GET',
      url: `${root}/?max-keys=2&prefix=J`,
      headers: { 'x-amz-content-sha256': EMPTY },
      signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    },
  ])('are those of Amazon’s examples: $method $url', async ({ method, url, headers, signature }) => {
    const aws = { datetime: '20130524T000000Z' };
    const signed = await createS3Client(published).sign(url, { method, headers, aws });
    expect(signed.headers.get('authorization')).toMatch(new RegExp(`Signature=${signature}$`));
  });

  it('change with the secret', async () => {
    const sign = async (secretAccessKey: string) => {
      const client = createS3Client({ ...published, secretAccessKey });
      return (await client.sign(root, { aws: { datetime: '20130524T000000Z' } })).headers.get(
        'authorization',
      );
    };
    expect(await sign('one')).not.toBe(await sign('two'));
  });
});

describe('a bucket', () => {
  async function store() {
    const directory = mkdtempSync(join(tmpdir(), 'countroom-s3-'));
    const buckets = [{ name: 'bets' }];
    const server = new S3rver({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory,
      configureBuckets: buckets,
    });
    const { port } = await server.run();
    onTestFinished(async () => {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    });
    // The key that this server knows.
    const env = {
      AWS_ACCESS_KEY_ID: 'S3RVER',
      AWS_SECRET_ACCESS_KEY: 'S3RVER',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}/`,
    };
    return { ...createWorld(), env };
  }

  it('keeps what is written, below its prefix, under names with any character', async () => {
    const io = await store();
    const target = await openTarget('s3://bets/count/room/', io);
    const path = 'bets/account=vp main+1/day=2026-11-21/bets.parquet';
    expect([await target.read(path), await target.size(path)]).toEqual([null, null]);
    await target.write(path, new TextEncoder().encode('first'));
    await target.write(path, new TextEncoder().encode('second, longer'));
    expect((await target.read(path))?.toString()).toBe('second, longer');
    expect(await target.size(path)).toBe(14);
    const above = await openTarget('s3://bets', io);
    expect((await above.read(`count/room/${path}`))?.toString()).toBe('second, longer');
    expect(target.name).toBe('s3://bets/count/room');
  });

  it('that is not there is named, and what the store said', async () => {
    const target = await openTarget('s3://others', await store());
    await expect(target.write('a', new Uint8Array(1))).rejects.toThrow(
      's3://others: expected to PUT a, got 404 NoSuchBucket',
    );
  });
});

describe('settings', () => {
  it('are those that every S3 client reads', () => {
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    expect(readBucketSettings(env)).toMatchObject({
      region: 'us-east-1',
      endpoint: null,
      sessionToken: null,
    });
    expect(
      readBucketSettings({
        ...env,
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL_S3: 'https://minio.example.com/',
      }),
    ).toMatchObject({ region: 'eu-west-1', endpoint: 'https://minio.example.com' });
  });

  it('that are missing or wrong are named', async () => {
    expect(() => readBucketSettings({})).toThrow('expected AWS_ACCESS_KEY_ID');
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_ENDPOINT_URL: 'minio' };
    expect(() => readBucketSettings(env)).toThrow('AWS_ENDPOINT_URL');
    await expect(openTarget('gs://bucket', createWorld())).rejects.toThrow(
      '--to: expected a folder, or a bucket',
    );
    await expect(openTarget('s3://B', createWorld())).rejects.toThrow('--to: expected');
  });
});
