import type {
  DuckDBBlobValue,
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBResult,
} from '@duckdb/node-api';
import { ArchiveError } from '../../errors.ts';
import type { Lines } from '../archive.ts';
import type { Statement } from '../sql/dialect.ts';
import type { Cells } from '../sql/records.ts';
import { createPool, type Pool } from './pool.ts';
import type { Place, Snapshot } from './protocol.ts';
import type { Turns } from './turns.ts';
import { cellsOf, toDuckDb } from './values.ts';

/** Views of the archive that do not change while they are read, each on connections of its own. */
export interface Snapshots {
  open(lanes: number): Promise<Snapshot>;
  run(place: Place, statement: Statement): Promise<void>;
  /** The next piece of what ran; null at its end. */
  next(place: Place): Promise<Cells | null>;
  /** All that ran, where it was blocks of lines; see `linesStatement`. */
  lines(place: Place): Promise<readonly Lines[]>;
  close(id: number): Promise<void>;
  closeAll(): Promise<void>;
}

interface Lane {
  /** One connection: its pool keeps the lane's calls in turn. */
  readonly pool: Pool;
  running: DuckDBResult | null;
}

/** `inTurn` is what commits wait in as well. */
export function createSnapshots(instance: DuckDBInstance, nextId: () => number, inTurn: Turns): Snapshots {
  const open = new Map<number, readonly Lane[]>();

  async function openLane(): Promise<Lane> {
    const connection = await instance.connect();
    await connection.run('BEGIN TRANSACTION READ ONLY');
    // Only what is read first fixes the state that is seen.
    await connection.run('SELECT 1 FROM archive_meta LIMIT 1');
    return { pool: createPool([connection]), running: null };
  }

  function use<T>(
    { snapshot, lane }: Place,
    task: (held: Lane, connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const held = open.get(snapshot)?.[lane];
    if (held === undefined) return Promise.reject(new ArchiveError('the snapshot is closed'));
    return held.pool.use((connection) => task(held, connection));
  }

  /** What is made of the next chunk; null at the end of what runs. */
  function nextChunk<T>(place: Place, read: (chunk: DuckDBDataChunk) => T): Promise<T | null> {
    return use(place, async ({ running }) => {
      const chunk = await running?.fetchChunk();
      if (chunk == null || chunk.rowCount === 0) return null;
      try {
        return read(chunk);
      } finally {
        // Its rows lie outside of JavaScript's memory, which would let go of them whenever it next cleans up.
        chunk.reset();
      }
    });
  }

  async function close(id: number): Promise<void> {
    const lanes = open.get(id) ?? [];
    open.delete(id);
    await Promise.all(lanes.map(({ pool }) => pool.close()));
  }

  return {
    open: (wanted) =>
      inTurn(async () => {
        // Every statement holds a thread of the few there are: who comes second is content with one.
        const count = open.size === 0 ? wanted : 1;
        const lanes = await Promise.all(Array.from({ length: count }, openLane));
        const id = nextId();
        open.set(id, lanes);
        return { id, lanes: count };
      }),
    run: (place, { text, values }) =>
      use(place, async (held, connection) => {
        held.running = null;
        // As a stream, so that what was fetched is held no longer by the result.
        held.running = await connection.stream(text, values.map(toDuckDb));
      }),
    next: (place) => nextChunk(place, cellsOf),
    async lines(place) {
      const all: NumberedLines[] = [];
      for (;;) {
        const blocks = await nextChunk(place, blocksOf);
        if (blocks === null) break;
        all.push(...blocks);
      }
      return all.sort((a, b) => b.number - a.number).map(({ lines }) => lines);
    },
    close,
    async closeAll() {
      await Promise.all([...open.keys()].map(close));
    },
  };
}

interface NumberedLines {
  readonly number: number;
  readonly lines: Lines;
}

function blocksOf(chunk: DuckDBDataChunk): NumberedLines[] {
  const [numbers = [], counts = [], texts = []] = chunk.getColumns();
  return texts.map((text, at) => ({
    number: Number(numbers[at]),
    lines: { count: Number(counts[at]), bytes: (text as DuckDBBlobValue).bytes },
  }));
}
