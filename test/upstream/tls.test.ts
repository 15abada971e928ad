import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { type CertificateOptions, selfSigned } from '../providers/conformance/certificate.ts';

const DAY = 86_400_000;
const from = (days: number) => new Date(Date.now() + days * DAY);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(options: Partial<CertificateOptions>): Promise<{ url: string; cert: string }> {
  const { key, cert } = selfSigned({ host: '127.0.0.1', notBefore: from(-2), notAfter: from(2), ...options });
  const server = createServer({ key, cert }, (_, response) => response.end('trusted'));
  server.on('tlsClientError', (_, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, cert };
}

test('an authority of one’s own is trusted with NODE_EXTRA_CA_CERTS; an ended certificate or another host’s never', async () => {
  const servers = [
    await serve({}),
    await serve({ notAfter: from(-1) }),
    await serve({ notBefore: from(1) }),
    await serve({ host: 'provider.example.com' }),
  ];
  const folder = await mkdtemp(join(tmpdir(), 'countroom-'));
  closing.push(() => rm(folder, { recursive: true }));
  const authorities = join(folder, 'authorities.pem');
  await writeFile(authorities, servers.map(({ cert }) => cert).join(''));
  const client = join(import.meta.dirname, 'tls-client.ts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', client, ...servers.map(({ url }) => url)],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: authorities, NODE_OPTIONS: '' } },
  );
  const refused = (code: string) =>
    `UpstreamError: acc: expected a valid TLS certificate, got ${code} (a private authority is trusted with NODE_EXTRA_CA_CERTS)`;
  expect(stdout.trim().split('\n')).toEqual([
    'trusted',
    refused('CERT_HAS_EXPIRED'),
    refused('CERT_NOT_YET_VALID'),
    refused('ERR_TLS_CERT_ALTNAME_INVALID'),
  ]);
});
