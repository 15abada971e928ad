import type { CodeTable } from '../answer.ts';

export const SUCCESS = '0';

const signature = "check options.signatureScheme, credentials.secretKey and this machine's clock";

/** Transfer-wallet appendix. `/v2/betlogs` is said to answer 0, 5, 7, 11, 77, 81, 83 and 84. */
export const codes: CodeTable = {
  '2': { meaning: 'balance not enough', action: 'refuseInput' },
  '3': { meaning: 'transaction exists', action: 'refuseInput' },
  '4': { meaning: 'transaction missing', action: 'refuseInput' },
  '5': { meaning: 'game not found', action: 'refuseInput' },
  '6': { meaning: 'username exists', action: 'refuseInput' },
  '7': { meaning: 'internal error', action: 'retry' },
  '8': { meaning: 'user missing', action: 'refuseInput' },
  '10': {
    meaning: 'agent not found or blocked',
    action: 'stopAccount',
    remedy: 'check credentials.agentId and baseUrl',
  },
  '11': { meaning: 'parameters error', action: 'refuseInput' },
  '14': { meaning: 'betId missing', action: 'refuseInput' },
  '19': { meaning: 'invalid account', action: 'refuseInput' },
  '20': { meaning: 'wallet temporarily locked', action: 'retry' },
  '35': { meaning: 'transaction pending', action: 'retry' },
  '37': { meaning: 'function unsupported', action: 'refuseInput' },
  '38': { meaning: 'betId query expired', action: 'refuseInput' },
  '77': { meaning: 'too many requests', action: 'slowDown' },
  '78': { meaning: 'card spinId used', action: 'refuseInput' },
  '81': { meaning: 'branch config not found', action: 'stopAccount' },
  '82': { meaning: 'site id mismatch', action: 'stopAccount' },
  // An expired token is answered with HTTP 401 or with this code, a wrong signature with this code alone.
  '83': { meaning: 'signature verification failed', action: 'reauthenticate', remedy: signature },
  '84': { meaning: 'encryption failed', action: 'stopAccount', remedy: 'check credentials.apiKey' },
};

/** The same for `/v2/auth`, where a fresher token does not help a refused signature. */
export const authCodes: CodeTable = {
  ...codes,
  '83': { meaning: 'signature verification failed', action: 'stopAccount', remedy: signature },
};
