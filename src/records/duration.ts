const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
type Unit = keyof typeof unitMs;

/** A duration as text: a whole number and a unit, nothing around them. */
export const durationPattern = /^(\d{1,12})(ms|s|m|h|d)$/;

/** The milliseconds of `500ms`, `3s`, `10m`, `1h` or `40d`; null where the text is no duration. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = durationPattern.exec(text) ?? [];
  if (count === undefined) return null;
  const ms = Number(count) * unitMs[unit as Unit];
  return Number.isSafeInteger(ms) ? ms : null;
}

/** Milliseconds in the largest unit that spells them whole: `90s`, never `1.5m`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const [unit, size] = Object.entries(unitMs).find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

/** A length of time for people: its two largest units, rounded up to the second. */
export function spellDuration(ms: number): string {
  let left = Math.ceil(ms / unitMs.s) * unitMs.s;
  const parts: string[] = [];
  for (const [unit, size] of Object.entries(unitMs)) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return parts.length === 0 ? '0s' : parts.slice(0, 2).join(' ');
}
