import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { provider as oneapi } from '../../../src/providers/oneapi/index.ts';
import { secretKey, signedText, signText } from '../../../src/providers/oneapi/signing.ts';

// The key and secret of the document's own example.
const apiKey = 'b675dc0564a374e9b541b299c0177f3e';
const apiSecret = '813e9cb10f35c37a059c2761465781275ad641d3cb85436cdd17f08b0a6b50bf';
const parameters = {
  traceId: '9eff88b6-41bf-40d1-b593-32c95d4b362c',
  startTime: 1726821600000,
  endTime: 1726822200000,
  page: 1,
  limit: 10,
};
const signed = {
  path: '/api/transaction/list',
  parameters,
  body: JSON.stringify(parameters),
  timestamp: '1726822300000',
};
const text = (options: object) => signedText(signed, apiKey, oneapi.options.parse(options));

describe('signedText', () => {
  it('is the path and the sorted parameters, API key and timestamp among them', () => {
    expect(text({})).toBe(
      '/api/transaction/list/appId=b675dc0564a374e9b541b299c0177f3e&endTime=1726822200000&limit=10&page=1&startTime=1726821600000&timestamp=1726822300000&traceId=9eff88b6-41bf-40d1-b593-32c95d4b362c',
    );
  });

  it('is as the options say', () => {
    expect(text({ signedPath: 'stripped', appIdParam: 'zKey', signTimestamp: 'false' })).toBe(
      '/transaction/list/endTime=1726822200000&limit=10&page=1&startTime=1726821600000&traceId=9eff88b6-41bf-40d1-b593-32c95d4b362c&zKey=b675dc0564a374e9b541b299c0177f3e',
    );
    expect(text({ signatureSource: 'RAW_BODY' })).toBe(signed.body);
  });

  it('leaves absent fields out and encodes nothing', () => {
    const given = { ...signed, parameters: { b: undefined, a: null, c: 'x y&z' } };
    const options = oneapi.options.parse({ signTimestamp: false });
    expect(signedText(given, 'k', options)).toBe('/api/transaction/list/appId=k&c=x y&z');
  });
});

describe('signText', () => {
  it('follows the formula with the published key and secret', () => {
    expect(signText(text({}), Buffer.from(apiSecret), 'hex')).toBe('754934d74e315a57dc96b2261e6d52cd');
  });

  it('is MD5 over the digits, or the bytes, of an HMAC-SHA256', () => {
    // RFC 4231's second case gives the HMAC; md5sum the rest.
    const key = Buffer.from('Jefe');
    const message = 'what do ya want for nothing?';
    expect(signText(message, key, 'hex')).toBe('e92643b5a4d18326a160ee1775d05e25');
    expect(signText(message, key, 'raw')).toBe('21f7d018d9fd50d367eadaf106510124');
  });
});

describe('secretKey', () => {
  const key = (apiSecret: string, options: object) =>
    secretKey('one-main', { apiKey, apiSecret }, oneapi.options.parse(options));

  it('takes the secret as text, or decodes it', () => {
    expect(key('00ff', {})).toEqual(Buffer.from('00ff'));
    expect(key('00fF', { secretEncoding: 'HEX' })).toEqual(Buffer.from([0, 255]));
  });

  it.each(['0', 'zz', '00 ff'])('refuses %s as hex without showing it', (apiSecret) => {
    expect(() => key(apiSecret, { secretEncoding: 'hex' })).toThrow(UsageError);
    expect(() => key(apiSecret, { secretEncoding: 'hex' })).toThrow(
      'one-main: credentials.apiSecret expected pairs of hex digits as options.secretEncoding is hex, got other text',
    );
  });
});
