import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import type { Archive, Commit } from '../../../src/archive/archive.ts';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { serverSettings } from '../../../src/config/server-settings.ts';
import type { CoverAsk } from '../../../src/feeds/dispatch.ts';
import type { Viewer } from '../../../src/graph/viewer.ts';
import { localViewer } from '../../../src/graph/viewer.ts';
import type { PlayerOf } from '../../../src/records/player.ts';
import type { RecordKind } from '../../../src/records/record.ts';
import type { AuditEntry } from '../../../src/server/audit/audit-log.ts';
import type { RouteDeps } from '../../../src/server/deps.ts';
import { exportRoutes } from '../../../src/server/export/routes.ts';
import { createErrorAnswer } from '../../../src/server/http/errors.ts';
import { odataRoutes } from '../../../src/server/odata/routes.ts';
import {
  createContext,
  createUntouchedArchive,
  NOON,
  namedPlayers,
  type Surroundings,
} from '../../graph/harness.ts';

export interface HarnessOptions extends Omit<Surroundings, 'archive'> {
  readonly commits?: readonly Commit<RecordKind>[];
  readonly playerOf?: PlayerOf;
  readonly settings?: Parameters<typeof serverSettings.parse>[0];
  /** Methods that stand in for those of an archive nothing else is asked of. */
  readonly archive?: Partial<Archive>;
  /** Given each line of the log, as JSON. */
  readonly log?: (line: string) => void;
}

/** Exports and OData over a DuckDB archive in memory, behind a bare server on a free port. */
export async function openHarness(options: HarnessOptions = {}) {
  const playerOf = options.playerOf ?? ((_account, username) => username);
  const archive: Archive = options.archive
    ? { ...createUntouchedArchive(), close: async () => {}, ...options.archive }
    : await createDuckDbArchive({ path: ':memory:', playerOf, clock: () => NOON });
  for (const commit of options.commits ?? []) await archive.commit(commit);
  const asks: CoverAsk[] = [];
  const audited: AuditEntry[] = [];
  const viewer: Viewer = { ...localViewer, ...options.viewer };
  const players = options.players ?? { ...namedPlayers, shown: playerOf };
  const deps: RouteDeps = {
    makeContext: () => createContext({ ...options, archive, viewer, players }, asks),
    audit: (entry) => audited.push(entry),
    clock: () => NOON,
    settings: { ...serverSettings.parse(options.settings ?? {}), host: '127.0.0.1', port: 0 },
    charge: () => {},
  };
  const { log } = options;
  const app = fastify({
    forceCloseConnections: true,
    ...(log !== undefined && { logger: { level: 'warn', stream: { write: log } } }),
  });
  app.setErrorHandler(createErrorAnswer(() => NOON));
  app.addHook('onRequest', async (request) => {
    request.viewer = viewer;
  });
  await app.register(async (scope) => exportRoutes(scope, deps));
  await app.register(async (scope) => odataRoutes(scope, deps));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    url,
    archive,
    asks,
    audited,
    get: (path: string, init?: RequestInit) => fetch(`${url}${path}`, init),
    async close() {
      await app.close();
      await archive.close();
    },
  };
}

export type Harness = Awaited<ReturnType<typeof openHarness>>;
