import fc from 'fast-check';
import { expect } from 'vitest';

const { FUZZ_RUNS, FUZZ_SEED } = process.env;

/** How a law is tried: `quick` times in the suite, as often as asked and from the seed asked by `npm run fuzz`. */
export function runs(quick: number): { readonly numRuns: number; readonly seed?: number } {
  return {
    numRuns: FUZZ_RUNS === undefined ? quick : Number(FUZZ_RUNS),
    ...(FUZZ_SEED !== undefined && { seed: Number(FUZZ_SEED) }),
  };
}

type ErrorType = abstract new (...of: never[]) => Error;

/** What `read` gives; undefined where it refuses by the error that is declared. Any other error passes. */
export function unlessRefused<T>(refusal: ErrorType, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof refusal) return undefined;
    throw error;
  }
}

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }));

/** Texts of a language: good ones, good ones spoilt in a place or two, its words in any order, and anything at all. */
export function textsOf(good: fc.Arbitrary<string>, words: readonly string[]): fc.Arbitrary<string> {
  const word = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, anyText);
  const change = fc.record({ at: fc.nat(), drop: fc.nat({ max: 4 }), put: fc.oneof(word, fc.constant('')) });
  const spoilt = fc.tuple(good, fc.array(change, { minLength: 1, maxLength: 3 })).map(([text, changes]) =>
    changes.reduce((now, { at, drop, put }) => {
      const place = at % (now.length + 1);
      return now.slice(0, place) + put + now.slice(place + drop);
    }, text),
  );
  const soup = fc.array(word, { maxLength: 20 });
  return fc.oneof(
    good,
    { weight: 3, arbitrary: spoilt },
    soup.map((parts) => parts.join('')),
    soup.map((parts) => parts.join(' ')),
    anyText,
  );
}

const SMALL = 1_000;
const FACTOR = 16;
// Linear is 16 and quadratic 256; what lies between is for caches that overflow, and for a collector at work.
const MOST = 80;
// Too little to be told from the noise.
const NOISE_US = 500;

/** The least CPU time of a few tries, in microseconds. */
function costOf(work: () => unknown, enoughUs: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && least > enoughUs; tries += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

/** Sixteen times the text costs about sixteen times the work, whatever is repeated. */
export function growsLinearly(
  read: (text: string) => unknown,
  units: readonly string[],
  frame: (repeated: string) => string = (repeated) => repeated,
): void {
  for (const unit of units) {
    const [small, large] = [SMALL, SMALL * FACTOR].map((times) => frame(unit.repeat(times))) as [
      string,
      string,
    ];
    const base = Math.max(
      NOISE_US,
      costOf(() => read(small), NOISE_US),
    );
    const cost = costOf(() => read(large), base * FACTOR);
    expect(cost / base, `${JSON.stringify(unit)} over and over`).toBeLessThan(MOST);
  }
}
