/** A game of the demo's casino. */
export interface Game {
  readonly provider: 'vertexplay' | 'hotroad' | 'oneapi';
  readonly code: string;
  readonly name: string;
  readonly type: string;
  /** What players get back in the long run, in ten thousandths of their stakes. */
  readonly returns: number;
  /** Seconds from one bet to the next, at the least and at the most. */
  readonly pace: readonly [number, number];
  /** How often a bet pays how many hundredths of its stake; the rest pays nothing. */
  readonly pays: readonly (readonly [chance: number, hundredths: number])[];
}

const slotPays: Game['pays'] = [
  [0.13, 50],
  [0.09, 100],
  [0.05, 200],
  [0.025, 500],
  [0.006, 2_000],
  [0.0006, 10_000],
];
const evenPays: Game['pays'] = [[0.48, 200]];
const baccaratPays: Game['pays'] = [
  [0.23, 200],
  [0.225, 195],
  [0.095, 100],
];
const bingoPays: Game['pays'] = [
  [0.12, 300],
  [0.02, 1_500],
];

const slots = (
  provider: Game['provider'],
  codeOf: (index: number) => string,
  named: readonly (readonly [name: string, returns: number])[],
): Game[] =>
  named.map(([name, returns], index) => ({
    provider,
    code: codeOf(index),
    name,
    type: 'SLOT',
    returns,
    pace: [8, 35],
    pays: slotPays,
  }));

/** The casino's forty games. */
export const games: readonly Game[] = [
  ...slots('vertexplay', (index) => `VP_${230001 + index}_1`, [
    ['Lantern Festival', 9_600],
    ['Harbour Lights', 9_550],
    ['Koi Pond', 9_520],
    ['Monsoon Gold', 9_480],
    ['Jade Emperor', 9_610],
    ['Night Market', 9_500],
    ['Silk Road', 9_450],
    ['Pearl Diver', 9_580],
    ['Tuk Tuk Riches', 9_430],
    ['Elephant Parade', 9_530],
    ['Spice Island', 9_490],
    ['Typhoon', 9_410],
    ['Golden Junk', 9_620],
    ['Lotus Garden', 9_560],
  ]),
  ...slots('oneapi', (index) => String(1001 + index), [
    ['Book of Reefs', 9_600],
    ['Sailor’s Luck', 9_520],
    ['Compass Rose', 9_450],
    ['Lighthouse', 9_580],
    ['Kraken', 9_400],
    ['Salt and Sun', 9_550],
    ['Map of Coins', 9_500],
    ['Trade Winds', 9_470],
    ['Captain Cat', 9_610],
    ['Sunken City', 9_530],
  ]),
  ...['Harbour Bingo', 'Night Bingo', 'Lucky 75'].map(
    (name, index): Game => ({
      provider: 'oneapi',
      code: String(3001 + index),
      name,
      type: 'BINGO',
      returns: 9_200,
      pace: [40, 90],
      pays: bingoPays,
    }),
  ),
  ...['BACCARAT', 'SPEED_BACCARAT', 'SQUEEZE_BACCARAT', 'DRAGON_BACCARAT', 'VIP_BACCARAT'].map(
    (code): Game => ({
      provider: 'hotroad',
      code,
      name: code,
      type: 'LIVE',
      returns: 9_876,
      pace: [28, 55],
      pays: baccaratPays,
    }),
  ),
  ...['ROULETTE', 'AUTO_ROULETTE', 'SICBO', 'DRAGON_TIGER'].map(
    (code): Game => ({
      provider: 'hotroad',
      code,
      name: code,
      type: 'LIVE',
      returns: 9_730,
      pace: [35, 60],
      pays: evenPays,
    }),
  ),
  ...['Crash Point', 'Sky Rocket', 'Tide', 'Anchor'].map(
    (name, index): Game => ({
      provider: 'oneapi',
      code: String(2001 + index),
      name,
      type: 'CRASH',
      returns: 9_650,
      pace: [12, 30],
      pays: [
        [0.32, 150],
        [0.14, 200],
        [0.03, 500],
      ],
    }),
  ),
];
