import { createDatabase, type Database, type DatabaseOptions } from './database.ts';

const READ_MS = 60_000;
const WRITE_MS = 120_000;
const TURN_MS = 10_000;
// A process that stands still inside a commit would hold up every other's.
const COMMIT_IDLE_MS = 30_000;
// Longer than a reader may take no byte: see `server.stallTimeout`.
const STREAM_IDLE_MS = 120_000;
// As many as there may be exports under way.
const STREAMS = 8;

type Sort = 'reads' | 'writes' | 'streams' | 'turns';
type Common = Required<Pick<DatabaseOptions, 'url' | 'readOnly' | 'heartbeat' | 'lines'>>;

/** How many connections each sort of work may have. */
export const connections: Readonly<Record<Sort, number>> = {
  reads: 4,
  writes: 3,
  streams: STREAMS,
  turns: 2,
};

/** Connections for each sort of work, so that none waits for another. */
export function createPools({ lines, ...common }: Common): Readonly<Record<Sort, Database>> {
  const pool = (sort: Sort, options: Omit<DatabaseOptions, 'url' | 'name' | 'connections'>) =>
    createDatabase({
      ...common,
      name: `countroom ${sort}`,
      connections: connections[sort],
      ...options,
    });
  return {
    reads: pool('reads', {
      statementMs: READ_MS,
      idleMs: COMMIT_IDLE_MS,
      patienceMs: 5_000,
      failsFast: true,
      lines,
    }),
    writes: pool('writes', { statementMs: WRITE_MS, idleMs: COMMIT_IDLE_MS, patienceMs: 30_000, lines }),
    // Between two batches a stream rests for as long as its reader does: that nothing comes or goes says nothing.
    streams: pool('streams', {
      statementMs: READ_MS,
      idleMs: STREAM_IDLE_MS,
      patienceMs: 0,
    }),
    turns: pool('turns', { statementMs: TURN_MS, idleMs: TURN_MS, patienceMs: 10_000, lines }),
  };
}
