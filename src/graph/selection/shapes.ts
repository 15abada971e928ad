import type { RowQuery } from '../../records/query.ts';

/** How queries of one player each are answered. */
export interface Reading<Q extends RowQuery, T> {
  readonly alone: (query: Q) => Promise<T>;
  /** For queries that differ by their player alone: one read, and what it found for each. */
  readonly together: (query: Q, players: readonly string[]) => Promise<(player: string) => T>;
}

/** Answers queries of one player each, those of one shape by one read; what fails is an error in its own places. */
export async function inShapes<Q extends RowQuery, T>(
  queries: readonly Q[],
  { alone, together }: Reading<Q, T>,
): Promise<(T | Error)[]> {
  const shapes = new Map<string, { readonly query: Q; readonly players: Set<string> }>();
  for (const query of queries) {
    const name = shapeOf(query);
    const shape = shapes.get(name) ?? { query, players: new Set() };
    shapes.set(name, shape);
    for (const player of query.players ?? []) shape.players.add(player);
  }
  const found = new Map<string, (player: string) => T | Error>();
  const read = async (name: string, query: Q, players: readonly string[]) => {
    try {
      if (players.length > 1) return found.set(name, await together(query, players));
      const only = await alone(query);
      return found.set(name, () => only);
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error));
      return found.set(name, () => fault);
    }
  };
  await Promise.all([...shapes].map(([name, { query, players }]) => read(name, query, [...players])));
  return queries.map(
    (query) => found.get(shapeOf(query))?.(query.players?.[0] ?? '') ?? new Error('a query was not read'),
  );
}

function shapeOf(query: RowQuery): string {
  return JSON.stringify({ ...query, players: null });
}
