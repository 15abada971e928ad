/**
 * Gives reads the times they are ordered by: the wall clock's, but never earlier than one given before. Where the
 * clock is set back, the next reads stand at the last time given until it is reached again, and a later read goes on
 * taking the place of an earlier one.
 */
export function createStamp(): (wall: number) => number {
  let latest = Number.NEGATIVE_INFINITY;
  return (wall) => {
    latest = Math.max(latest, wall);
    return latest;
  };
}
