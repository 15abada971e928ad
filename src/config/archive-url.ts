/** The file of a DuckDB archive as `archive.url` names it; null for an archive in memory, and for a database. */
export function duckDbFileOf(url: string): string | null {
  return /^duckdb:(?!:memory:$)(.+)$/.exec(url)?.[1] ?? null;
}
