import type { CodeTable } from '../answer.ts';

const signature =
  'check credentials.apiSecret and options md5Input, secretEncoding, signatureSource, signedPath, appIdParam and signTimestamp';

/** The codes of both revisions of the document (numbers in `status` of the older, words in the newer), and of `{error}` bodies. */
export const codes: CodeTable = {
  100000: { meaning: 'wrong parameters', action: 'refuseInput' },
  100001: { meaning: 'wrong API key', action: 'stopAccount', remedy: 'check credentials.apiKey' },
  100002: { meaning: 'wrong signature', action: 'stopAccount', remedy: signature },
  100003: { meaning: 'trade in progress', action: 'retry' },
  APP_KEY_NOT_EXISTS: {
    meaning: 'API key unknown',
    action: 'stopAccount',
    remedy: 'check credentials.apiKey',
  },
  INVALID_REQUEST: { meaning: 'invalid request', action: 'refuseInput' },
  SIGN_ERROR: { meaning: 'wrong signature', action: 'stopAccount', remedy: signature },
  NOT_ENOUGH: { meaning: 'balance too small', action: 'refuseInput' },
  SYSTEM_ERROR: { meaning: 'system error', action: 'retry' },
  PLAYER_NOT_EXISTS: { meaning: 'player unknown', action: 'refuseInput' },
  REFERENCE_ID_DUPLICATED: { meaning: 'reference id used before', action: 'refuseInput' },
  ORDER_CLOSED: { meaning: 'order closed', action: 'refuseInput' },
  BANK_ERROR: { meaning: 'bank error', action: 'retry' },
  INVALID_TOKEN: { meaning: 'invalid token', action: 'stopAccount' },
  PARAM_ERROR: { meaning: 'wrong parameters', action: 'refuseInput' },
  'Invalid request': { meaning: 'invalid request', action: 'refuseInput' },
};
