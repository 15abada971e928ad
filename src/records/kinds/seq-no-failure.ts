import { defineKind } from '../field.ts';

/** The provider’s record of one wallet callback, mostly a failed one. */
export const seqNoFailure = defineKind({
  name: 'SeqNoFailure',
  table: 'failures',
  key: null,
  player: 'Whose wallet was called.',
  fields: {
    seqNo: {
      type: 'text',
      sealed: true,
      description: 'The provider’s serial number of the callback; the same for every try of it.',
    },
    event: {
      type: 'text',
      nullable: true,
      description:
        'What the callback was to do, such as `increaseCredit`; null where the provider does not say.',
    },
    statusCode: {
      type: 'int',
      description: 'The code with which the operator’s wallet answered.',
    },
    statusMeaning: {
      type: 'text',
      nullable: true,
      description: 'What that code means by the provider’s document; null where it does not list it.',
    },
    succeeded: {
      type: 'bool',
      description: 'Whether the answer was a success (200 or 201): the provider may list successes too.',
    },
    requestedAt: {
      type: 'time',
      axis: 'ONLY',
      description: 'When the provider sent the callback, the time ranges select by.',
    },
    respondedAt: {
      type: 'time',
      nullable: true,
      description: 'When the answer was in; null where the provider does not say.',
    },
  },
  filters: {
    events: { field: 'event', description: 'What the callbacks were to do, such as `increaseCredit`.' },
    statusCodes: { field: 'statusCode', description: 'Codes with which the operator’s wallet answered.' },
    seqNos: { field: 'seqNo', description: 'The provider’s serial numbers.' },
    succeeded: {
      field: 'succeeded',
      single: true,
      description: 'True for successes alone, false for failures alone; both where it is left out.',
    },
  },
});
