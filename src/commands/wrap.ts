/** Number and unit stay together. */
const BETWEEN_WORDS = / +(?!%)/;

/**
 * The widths of a table's columns that come to `most` together: the widest is narrowed first, between words while
 * that is enough, else within them.
 */
export function fitted(rows: readonly (readonly string[])[], most: number): number[] {
  const cells = (index: number) => rows.flatMap((row) => (row[index] ?? '').split('\n'));
  const columns = (rows[0] ?? []).map((_, index) => cells(index));
  const widths = columns.map((lines) => longest(lines));
  const words = columns.map((lines) => longest(lines.flatMap((line) => line.split(BETWEEN_WORDS))));
  narrow(widths, words, most);
  narrow(
    widths,
    widths.map(() => 1),
    most,
  );
  return widths;
}

function narrow(widths: number[], least: readonly number[], most: number): void {
  for (let over = sum(widths) - most; over > 0; over--) {
    const free = widths.map((width, index) => (width > (least[index] ?? 1) ? width : 0));
    const widest = free.indexOf(Math.max(...free));
    if (free[widest] === 0) return;
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
}

/** The text in lines of at most `width` characters; a word that is longer is broken, if it can be after a hyphen. */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(line: string, width: number): string[] {
  if (lengthOf(line) <= width) return [line];
  const lines: string[] = [];
  for (const word of line.split(BETWEEN_WORDS)) {
    const [first = '', ...more] = broken(word, width);
    const last = lines.at(-1);
    const together = last === undefined ? first : `${last} ${first}`;
    if (last !== undefined && lengthOf(together) <= width) lines[lines.length - 1] = together;
    else lines.push(first);
    lines.push(...more);
  }
  return lines;
}

function broken(word: string, width: number): string[] {
  const rest = [...word];
  const parts: string[] = [];
  while (rest.length > width) {
    const hyphen = rest.slice(0, width).lastIndexOf('-');
    parts.push(rest.splice(0, hyphen > 0 ? hyphen + 1 : width).join(''));
  }
  return [...parts, rest.join('')];
}

function lengthOf(text: string): number {
  return [...text].length;
}

function longest(texts: readonly string[]): number {
  return Math.max(1, ...texts.map(lengthOf));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
