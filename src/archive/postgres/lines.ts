import type { Socket } from 'node:net';
import type pg from 'pg';
import { backendOf } from './cancel.ts';

/** Connections at work, watched for peers that fell silent. */
export interface Lines {
  /** From here on work goes on over the connection; gives how to say that it is over. */
  began(client: pg.ClientBase): () => void;
  /**
   * Ends connections over which nothing came or went for a while and whose statement the server does not have: what
   * waits for them rejects. `atWork` tells which of these processes of the server have a statement; gives the processes
   * of the connections that were ended, which may not hear of it.
   */
  endSilent(atWork: (pids: readonly number[]) => Promise<ReadonlySet<number>>): Promise<readonly number[]>;
  /** Ends every connection over which nothing came or went for a while: the server answers nobody. */
  endStill(): void;
}

interface Line {
  readonly client: pg.ClientBase;
  bytes: number;
  movedAt: number;
}

// Shorter than anybody waits for, longer than a machine under load takes to see what has come.
const STILL_MS = 4_000;

export function createLines(monotonic: () => number = () => performance.now()): Lines {
  const lines = new Set<Line>();

  function still(): Line[] {
    const now = monotonic();
    return [...lines].filter((line) => {
      const bytes = bytesOf(line.client);
      if (bytes !== line.bytes) Object.assign(line, { bytes, movedAt: now });
      return now - line.movedAt >= STILL_MS;
    });
  }

  return {
    began(client) {
      const line = { client, bytes: bytesOf(client), movedAt: monotonic() };
      lines.add(line);
      return () => lines.delete(line);
    },
    async endSilent(atWork) {
      const pidOf = ({ client }: Line) => backendOf(client) ?? 0;
      const found = still();
      if (found.length === 0) return [];
      const busy = await atWork(found.map(pidOf));
      // What has moved meanwhile was only slow.
      const silent = new Set(still());
      const ended = found.filter((line) => silent.has(line) && !busy.has(pidOf(line)));
      for (const { client } of ended) destroy(client);
      return ended.map(pidOf);
    },
    endStill() {
      for (const { client } of still()) destroy(client);
    },
  };
}

/** Ends a connection without a word to its peer, who may not be there to take it. */
export function destroy(client: pg.ClientBase): void {
  socketOf(client).destroy();
}

function bytesOf(client: pg.ClientBase): number {
  const { bytesRead, bytesWritten } = socketOf(client);
  return bytesRead + bytesWritten;
}

// The driver tells no other way what came over a connection, or to end one that does not answer.
function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}
