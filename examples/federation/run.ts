import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { demo } from '../../src/commands/demo.ts';
import { createCrm } from './crm.ts';
import { type StartRouter, startApolloRouter, startHiveRouter } from './routers.ts';
import { serveSubgraph } from './subgraph.ts';
import { compose, readSdl } from './supergraph.ts';
import { createWallet } from './wallet.ts';

const routers = new Map([
  ['hive', startHiveRouter],
  ['apollo', startApolloRouter],
]);
const options = {
  router: { type: 'string', default: 'hive' },
  port: { type: 'string', default: '4100' },
} as const;
const { values } = parseArgs({ options });
const chosen = routers.get(values.router);
const port = Number(values.port);
if (chosen === undefined || !Number.isInteger(port) || port < 0 || port > 65_535) {
  throw new Error(
    `expected --router hive or apollo and --port 0 to 65535, got ${values.router}, ${values.port}`,
  );
}

// Names the sandboxes use.
const levels = new Map([
  ['apitest001', 3],
  ['apitest002', 2],
  ['apitest003', 1],
]);
const balanceOf = (id: string) => `${Buffer.from(id).reduce((sum, byte) => sum + byte, 0)}.00`;

const stop = new AbortController();
// npm passes a terminal's Ctrl-C on, so that one comes as two.
process.on('SIGINT', () => stop.abort());
process.on('SIGTERM', () => stop.abort());

const countroom = startCountroom();
const started = await Promise.race([countroom.address, countroom.ended]);
if (typeof started === 'string') await federate(`${started}/graphql`, chosen);
process.exitCode = await countroom.ended;

async function federate(url: string, startRouter: StartRouter): Promise<void> {
  const crm = await serveSubgraph(createCrm(levels));
  const wallet = await serveSubgraph(createWallet(balanceOf));
  const supergraph = compose([{ name: 'countroom', url, sdl: await readSdl(url) }, crm, wallet]);
  const router = await startRouter(supergraph, port);

  const query = questionFor(Date.now());
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(router.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  console.log(`${query}\n${JSON.stringify(await answer.json(), null, 2)}\n`);
  console.log(`countroom, crm and wallet answer as one at ${router.url} (${values.router}); Ctrl-C ends it`);

  await countroom.ended;
  await router.close();
  await Promise.all([crm.close(), wallet.close()]);
}

/** The demo's gateway on any free port, in this process. */
function startCountroom() {
  let ended: Promise<number> = Promise.resolve(0);
  const address = new Promise<string>((resolve) => {
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        const found = /answers at (\S+)/.exec(String(chunk))?.[1];
        if (found !== undefined) resolve(found);
        done();
      },
    });
    const { stderr, env } = process;
    ended = demo({ port: 0, hours: 1, io: { stdout, stderr, env, cwd: process.cwd(), signal: stop.signal } });
  });
  return { address, ended };
}

/** From the CRM to bets, and from bets to the CRM and the wallet. */
function questionFor(now: number): string {
  const minute = 60_000;
  const to = Math.floor(now / minute - 2) * minute;
  const range = `range: { from: "${new Date(to - 30 * minute).toISOString()}", to: "${new Date(to).toISOString()}" }`;
  return `{
  vips {
    username
    vipLevel
    balance
    bets(${range}, first: 1) {
      totalCount
      nodes { account { id } gameCode stake netWin currency settledAt }
      coverage { complete gaps { accountId reason retryAt } }
    }
  }
  bets(filter: { ${range} }, first: 2) {
    nodes { providerBetId stake currency player { username vipLevel balance } }
  }
}`;
}
