/** CPU milliseconds of all threads of this process that some work takes; what a busy machine does to wall time it does not do to this. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** What each of several pieces of work takes, the lowest of some rounds in which they take turns, after one to warm up. */
export async function cpuOfEach<Name extends string>(
  works: Readonly<Record<Name, () => Promise<unknown>>>,
  rounds = 7,
): Promise<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const lowest = Object.fromEntries(names.map((name) => [name, Number.POSITIVE_INFINITY])) as Record<
    Name,
    number
  >;
  for (const name of names) await works[name]();
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) lowest[name] = Math.min(lowest[name], await cpuOf(works[name]));
  }
  return lowest;
}
