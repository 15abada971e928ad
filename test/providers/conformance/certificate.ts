import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  readonly host: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const SHA256_WITH_RSA = sequence(oid('2a864886f70d01010b'), tag(0x05, Buffer.alloc(0)));
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A certificate signed by its own key (X.509 v3 in DER, RFC 5280), for one DNS name or address. */
export function selfSigned({ host, notBefore, notAfter }: CertificateOptions): Certificate {
  const name = sequence(tag(0x31, sequence(oid('550403'), tag(0x0c, Buffer.from(host)))));
  const alternative = /^[\d.]+$/.test(host)
    ? tag(0x87, Buffer.from(host.split('.').map(Number)))
    : tag(0x82, Buffer.from(host));
  const extensions = sequence(sequence(oid('551d11'), tag(0x04, sequence(alternative))));
  const body = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    SHA256_WITH_RSA,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa3, extensions),
  );
  const signature = tag(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const der = sequence(body, SHA256_WITH_RSA, signature);
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  };
}

function tag(code: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tag(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return tag(0x06, Buffer.from(hex, 'hex'));
}

/** GeneralizedTime: the years of UTCTime end in 2049. */
function time(at: Date): Buffer {
  return tag(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}
