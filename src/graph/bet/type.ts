import { createConnectionType } from '../lists/connection.ts';
import { createRowType } from '../rows/row-type.ts';
import type { Row } from '../rows/row-view.ts';

export type Bet = Row<'BET'>;

export const Bet = createRowType('BET', {
  description:
    'One bet of one player, exactly as the provider reported it last. Amounts are in `currency`, from the player’s side: ' +
    'the house’s win is −`netWin`.',
  nested: {
    credits: {
      name: 'BetCredits',
      description:
        'A bet’s stake and win by kind of credit. Each is null where the provider does not send it.',
      fieldDescription:
        'Stake and win by kind of credit (real, free, promotion); null where the provider does not tell them apart.',
    },
  },
});

export const { Connection: BetConnection, ConnectionResolver: BetConnectionResolver } = createConnectionType(
  Bet,
  'Bet',
  'bets',
);
