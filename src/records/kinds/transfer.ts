import { defineKind } from '../field.ts';

/** One deposit or withdrawal; `amount` is signed as the provider sends it. Its key is the transaction code. */
export const transfer = defineKind({
  name: 'Transfer',
  table: 'transfers',
  key: {
    name: 'transactionCode',
    description:
      'The code under which the operator sent it: the key to reconcile by, unique within the account.',
  },
  player: 'Whose money it is.',
  fields: {
    direction: {
      type: 'text',
      of: 'TransferDirection',
      description:
        'Which way the money went: by the sign of `amount`, or of `freeCredit` where the amount is zero.',
    },
    currency: {
      type: 'text',
      description: 'The currency of every amount of this transfer: the account’s.',
    },
    amount: {
      type: 'decimal',
      description: 'The player’s own money moved, signed: a withdrawal is negative.',
      summed: {
        description:
          'Σ amount, signed: what stayed with the provider. Negative when more was withdrawn than ' +
          'deposited. Always `deposits` plus `withdrawals`. Free credit is not in it.',
        measure: 'Deposits less withdrawals. Money orders rows of one currency only.',
      },
    },
    freeCredit: {
      type: 'decimal',
      nullable: true,
      description: 'Free credit moved, signed like `amount`; null where the provider sends none.',
      summed: {
        description:
          'Σ free credit, signed, both ways, of the transfers that have it; null where none has. Not part ' +
          'of `amount`.',
        measure: 'Free credit moved.',
        nullable: true,
      },
    },
    balanceBefore: {
      type: 'decimal',
      nullable: true,
      description: 'The balance before; null where the provider sends none.',
    },
    balanceAfter: {
      type: 'decimal',
      nullable: true,
      description: 'The balance after; null where the provider sends none.',
    },
    freeCreditBefore: {
      type: 'decimal',
      nullable: true,
      description: 'The free credit before; null where the provider sends none.',
    },
    freeCreditAfter: {
      type: 'decimal',
      nullable: true,
      description: 'The free credit after; null where the provider sends none.',
    },
    realCreditBefore: {
      type: 'decimal',
      nullable: true,
      description: 'The player’s own money before, without credit; null where the provider sends none.',
    },
    createdAt: {
      type: 'time',
      axis: 'ONLY',
      description: 'When the provider recorded it, the time ranges select by.',
    },
  },
  filters: {
    currencies: { field: 'currency', description: 'Currencies, as configured for the accounts.' },
    directions: { field: 'direction', description: 'Which ways the money went.' },
    transactionCodes: { field: 'key', description: 'The codes under which the operator sent them.' },
  },
});
