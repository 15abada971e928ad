/**
 * Packages that are read from node_modules when the bundle runs: native ones, and those that read files of their own.
 * class-validator is one of type-graphql's that nobody installs.
 */
export const outside: readonly string[] = [
  '@duckdb/node-bindings',
  'pg',
  'pg-copy-streams',
  'altair-static',
  'class-validator',
];
