import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { createPostgresArchive } from '../../../src/archive/postgres/index.ts';
import { sameName } from '../../archive/conformance/store.ts';
import { type Moment, startProcess } from './process.ts';
import { createToldProvider, SINCE } from './told.ts';

// A process of its own for the tests: `doomed.ts URL LATER MOMENT TURN` syncs the told provider, its clock LATER ms on,
// and kills itself when MOMENT comes for the TURNth time; `statement` is left to `statement-kill.mjs`.
const [url = '', later = '0', moment = 'none', turn = '1'] = process.argv.slice(2);
const kill = () => process.kill(process.pid, 'SIGKILL');

const archive = url.startsWith('postgres:')
  ? await createPostgresArchive({ url, playerOf: sameName, leaseMs: 300 })
  : await createDuckDbArchive({ path: url.slice('duckdb:'.length), playerOf: sameName });
const provider = createToldProvider('told', Number(later));
const syncing = startProcess(provider, archive, SINCE, kill);
if (moment !== 'statement' && moment !== 'none') syncing.dieAt(moment as Moment, Number(turn));
provider.watch(syncing.watch);
while (await syncing.sync()) process.stdout.write('synced\n');
await archive.close();
