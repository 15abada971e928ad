import type { CodeTable } from '../answer.ts';

const MINUTE = 60_000;

/**
 * eBET's status codes (document "eBET status codes"): of its answers, and as far as it says anywhere of the answers
 * a channel gives to its wallet callbacks. The table of game client errors reuses 4027–4038 and is left out.
 */
export const codes: CodeTable = {
  '-1': { meaning: 'recharge record absent', action: 'giveUp' },
  0: { meaning: 'recharging', action: 'giveUp' },
  200: { meaning: 'success', action: 'giveUp' },
  201: { meaning: 'recharge id already used', action: 'giveUp' },
  202: {
    meaning: 'channel missing',
    action: 'stopAccount',
    remedy: 'check credentials.channelId and baseUrl',
  },
  203: { meaning: 'recharge id empty', action: 'giveUp' },
  204: { meaning: 'amount is 0', action: 'giveUp' },
  205: { meaning: 'amount too small', action: 'giveUp' },
  206: { meaning: 'seqNo missing', action: 'giveUp' },
  207: { meaning: 'refund amount does not match', action: 'giveUp' },
  208: { meaning: 'record missing', action: 'giveUp' },
  209: { meaning: 'already refunded', action: 'giveUp' },
  401: { meaning: 'wrong username or password', action: 'stopAccount' },
  410: { meaning: 'invalid token', action: 'stopAccount' },
  500: { meaning: 'system error', action: 'retry' },
  505: { meaning: 'channel server in maintenance', action: 'retry' },
  1003: { meaning: 'insufficient balance', action: 'giveUp' },
  4003: { meaning: 'busy, try again later', action: 'retry' },
  4025: { meaning: 'wrong parameters', action: 'refuseInput' },
  4026: {
    meaning: 'wrong signature',
    action: 'stopAccount',
    remedy: 'check that the private key belongs to the channelId, and options hash and timestampUnit',
  },
  4027: {
    meaning: 'address not allowed',
    action: 'stopAccount',
    remedy: 'have eBET add this machine to its allow-list',
  },
  4028: { meaning: 'trial player cannot recharge', action: 'giveUp' },
  4029: { meaning: 'function invalid', action: 'refuseInput' },
  4030: { meaning: 'wrong data type', action: 'refuseInput' },
  4037: { meaning: 'player missing', action: 'refuseInput' },
  4038: { meaning: 'called too often', action: 'slowDown' },
  4202: { meaning: 'call quota used up', action: 'slowDown', retryAfterMs: MINUTE },
  5001: { meaning: 'recharge failed', action: 'giveUp' },
  5002: { meaning: 'balance insufficient, withdrawal failed or account frozen', action: 'giveUp' },
  5003: {
    meaning: 'sub-channel missing',
    action: 'refuseInput',
    remedy: 'check options.subChannelId',
  },
  5005: { meaning: 'wallet not opened', action: 'giveUp' },
  5006: { meaning: 'in a game, cannot withdraw', action: 'giveUp' },
  5009: { meaning: 'game not opened', action: 'giveUp' },
  5010: { meaning: 'currency not applied for', action: 'refuseInput' },
  5011: { meaning: 'account frozen', action: 'giveUp' },
};
