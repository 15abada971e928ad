import { createConnectionType } from '../lists/connection.ts';
import { createRowType } from '../rows/row-type.ts';
import type { Row } from '../rows/row-view.ts';

export type Transfer = Row<'TRANSFER'>;

export const Transfer = createRowType('TRANSFER', {
  description:
    'Money moved between the operator’s wallet and the provider’s, as the provider recorded it. Balances are those at the ' +
    'provider.',
});

export const { Connection: TransferConnection, ConnectionResolver: TransferConnectionResolver } =
  createConnectionType(Transfer, 'Transfer', 'transfers');
