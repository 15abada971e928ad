import { createConnectionType } from '../lists/connection.ts';
import { createRowType } from '../rows/row-type.ts';
import type { Row } from '../rows/row-view.ts';

export type SeqNoFailure = Row<'SEQ_NO_FAILURE'>;

export const SeqNoFailure = createRowType('SEQ_NO_FAILURE', {
  description:
    'One callback of the provider to the operator’s wallet, with the answer it got: mostly failures, which may leave the ' +
    'two sides’ books apart until they are settled. A callback may be sent up to three times; each try is a row.',
});

export const { Connection: SeqNoFailureConnection, ConnectionResolver: SeqNoFailureConnectionResolver } =
  createConnectionType(SeqNoFailure, 'SeqNoFailure', 'wallet callbacks');
