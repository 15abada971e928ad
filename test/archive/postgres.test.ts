import { afterAll, beforeAll } from 'vitest';
import { describeArchive } from './conformance.ts';
import { describeMigrations } from './postgres/migrations.ts';
import { describeMisfits } from './postgres/misfits.ts';
import { describePlans } from './postgres/plans.ts';
import { describeRollUps } from './postgres/roll-ups.ts';
import { createPostgresStore } from './postgres/store.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

describeArchive('PostgreSQL', () => createPostgresStore(server));
describeMigrations(() => server);
describeMisfits(() => server);
describeRollUps(() => server);
describePlans(() => server);
