import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { readPrivateKey, signedText, signText } from '../../../src/providers/ebet/signing.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pem = (type: 'pkcs8' | 'pkcs1') => privateKey.export({ type, format: 'pem' }).toString();
const base64 = (type: 'pkcs8' | 'pkcs1') => privateKey.export({ type, format: 'der' }).toString('base64');

describe('signedText', () => {
  it('joins username, channelId and timestamp, as the document’s samples do', () => {
    const sample = { channelId: 1, timestamp: 1577808000000 };
    expect(signedText({ ...sample, username: 'apitest01' })).toBe('apitest0111577808000000');
    expect(signedText(sample)).toBe('11577808000000');
    expect(signedText({ username: 'demo', channelId: 1, timestamp: 1686792728 })).toBe('demo11686792728');
  });

  it('signs a username as eBET folds it: in lower case', () => {
    expect(signedText({ username: 'ApiTest01', channelId: 1, timestamp: 2 })).toBe('apitest0112');
  });
});

describe('signText', () => {
  it.each([
    [512, 88],
    [1024, 172],
    [2048, 344],
  ])('signs with a key of %i bits, MD5 and PKCS#1 v1.5, in %i characters of base64', (bits, length) => {
    const pair = generateKeyPairSync('rsa', { modulusLength: bits });
    const signature = signText('11577808000000', pair.privateKey, 'md5');
    expect(signature).toHaveLength(length);
    const bytes = Buffer.from(signature, 'base64');
    expect(verify('md5', Buffer.from('11577808000000'), pair.publicKey, bytes)).toBe(true);
  });

  it.each(['md5', 'sha1', 'sha256'] as const)('signs with %s where the option says so', (hash) => {
    const bytes = Buffer.from(signText('12', privateKey, hash), 'base64');
    expect(verify(hash, Buffer.from('12'), publicKey, bytes)).toBe(true);
  });
});

describe('readPrivateKey', () => {
  const read = (material: string) => readPrivateKey('ebet-main', { channelId: 1, privateKey: material });

  it.each([
    ['a PEM as PKCS#8', pem('pkcs8')],
    ['a PEM as PKCS#1', pem('pkcs1')],
    ['bare base64 of PKCS#8', base64('pkcs8')],
    ['bare base64 of PKCS#1', base64('pkcs1')],
    ['base64 over several lines', base64('pkcs8').replace(/(.{64})/g, '$1\n')],
    ['a PEM whose line ends came as \\n', pem('pkcs8').replaceAll('\n', '\\n')],
    ['a PEM on one line', pem('pkcs8').replaceAll('\n', ' ')],
  ])('takes %s', (_, material) => {
    expect(read(material).export({ type: 'pkcs8', format: 'pem' })).toBe(pem('pkcs8'));
  });

  it('takes a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ebet-key-'));
    try {
      const privateKeyFile = join(folder, 'ebet.pem');
      writeFileSync(privateKeyFile, pem('pkcs1'));
      expect(readPrivateKey('ebet-main', { channelId: 1, privateKeyFile }).asymmetricKeyType).toBe('rsa');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names a file that cannot be read, and why', () => {
    const privateKeyFile = join(tmpdir(), 'no-such-folder', 'ebet.pem');
    expect(() => readPrivateKey('ebet-main', { channelId: 1, privateKeyFile })).toThrow(
      `ebet-main: credentials.privateKeyFile ${privateKeyFile} cannot be read: ENOENT`,
    );
  });

  it.each([
    ['words', 'correct horse battery staple'],
    ['base64 of something else', Buffer.from('no key at all').toString('base64')],
    ['a public key', publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    [
      'a PEM with a broken inside',
      pem('pkcs8')
        .replace(/[A-Za-z]{20}/, 'AAAAAAAAAAAAAAAAAAAA')
        .slice(0, 300),
    ],
    [
      'a key of another kind',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('refuses %s, naming the field and never the value', (_, material) => {
    const error = caught(() => read(material));
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(
      /^ebet-main: credentials\.privateKey expected an RSA private key/,
    );
    expect((error as UsageError).message).not.toContain(material.slice(0, 12));
  });
});

function caught(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
}
