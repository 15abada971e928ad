import { createPrivateKey, type KeyObject } from 'node:crypto';

const PEM = /^-----BEGIN ([A-Z ]+)-----([\s\S]+)-----END \1-----$/;
const PEM_TYPES: Readonly<Record<string, 'pkcs8' | 'pkcs1'>> = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
};

/** An RSA private key of PEM (PKCS#8 or PKCS#1) or its base64; a text, `expected …, got …` without the key, where it is none. */
export function parsePrivateKey(material: string): KeyObject | string {
  // An environment variable often carries a PEM's line ends as the two characters \n.
  const text = material.replaceAll('\\n', '\n').trim();
  const pem = PEM.exec(text);
  const type = pem === null ? undefined : PEM_TYPES[pem[1] ?? ''];
  if (pem !== null && type === undefined) return wrongKey(`a PEM of a ${pem[1]}`);
  const base64 = (pem?.[2] ?? text).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return wrongKey('text that is neither PEM nor base64');
  const der = Buffer.from(base64, 'base64');
  const key = type === undefined ? (tryKey(der, 'pkcs8') ?? tryKey(der, 'pkcs1')) : tryKey(der, type);
  if (key === null) return wrongKey(`${der.length} bytes that cannot be read as one`);
  return key.asymmetricKeyType === 'rsa' ? key : wrongKey(`one of type ${key.asymmetricKeyType}`);
}

/** Null where the bytes are not a key of this form: the caller tries the other form, then reports the failure. */
function tryKey(der: Buffer, type: 'pkcs8' | 'pkcs1'): KeyObject | null {
  try {
    return createPrivateKey({ key: der, format: 'der', type });
  } catch {
    return null;
  }
}

function wrongKey(got: string): string {
  return `expected an RSA private key (PEM as PKCS#8 or PKCS#1, or its base64), got ${got}`;
}
