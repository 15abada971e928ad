/** One question's answer: a figure beside the bound it has to keep. */
export interface Result {
  readonly question: string;
  readonly figure: number;
  readonly unit: string;
  readonly atMost: number;
  /** What the figure was made of. */
  readonly detail: string;
}

export type Bench = () => Promise<readonly Result[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export function row({ question, figure, unit, atMost, detail }: Result): string {
  const kept = figure <= atMost ? 'kept' : 'NOT KEPT';
  return `| ${question} | ${figure.toFixed(3)} ${unit} | ≤ ${atMost} ${unit} | ${kept} | ${detail} |`;
}
