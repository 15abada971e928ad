import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { readAccount, readFeed, readInstant, readKind, readPort, readRange } from './commands/arguments.ts';
import { endingOf } from './commands/failure.ts';
import { flushed, type Io } from './commands/io.ts';

// What is written holds players' bets: it is for this user alone, the archive's log and temporary files with it.
process.umask(0o077);

const stop = new AbortController();
const { stdout, stderr, env } = process;
let hungUp: (() => void) | null = null;
const io: Io = {
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  signal: stop.signal,
  onHangUp: (act) => {
    hungUp = act;
  },
};

let code = 0;
let secrets: readonly string[] = [];

// npm passes a terminal's Ctrl-C on, so that one comes as two
const ONE_SIGNAL_MS = 1_000;
let stoppedAt = Number.POSITIVE_INFINITY;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // A second signal ends the process at once.
    if (performance.now() - stoppedAt > ONE_SIGNAL_MS) process.exit(1);
    stoppedAt = Math.min(stoppedAt, performance.now());
    stop.abort(new DOMException(name, 'AbortError'));
  });
}
process.on('SIGHUP', () => {
  const isOnTerminal = [process.stdin, stdout, stderr].some(({ isTTY }) => isTTY);
  if (hungUp !== null && !isOnTerminal) return hungUp();
  stop.abort(new DOMException('SIGHUP', 'AbortError'));
});
// a reader that has seen enough, such as head
stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const program = new Command('countroom')
  .description('One GraphQL graph over the bets, transfers and failed callbacks of many game providers.')
  .version(version)
  .option('--config <file>', 'the configuration (default: $COUNTROOM_CONFIG, else ./countroom.yaml)')
  .exitOverride()
  .showSuggestionAfterError();

/** What reads the configuration, at start and again on SIGHUP. */
async function reader() {
  const { readConfiguration } = await import('./commands/configuration.ts');
  return () => readConfiguration(program.opts<{ config?: string }>().config, io);
}

async function configuration() {
  const config = (await reader())();
  secrets = config.secrets;
  return config;
}

interface RangeOptions {
  readonly from: string;
  readonly to: string;
  readonly account?: string;
}

function ranged(name: string): Command {
  return program
    .command(name)
    .requiredOption(
      '--from <time>',
      'start of the range: a date (00:00Z), a time with its zone, yesterday, -24h',
    )
    .requiredOption('--to <time>', 'end of the range, itself not in it; now as well')
    .option('--account <id>', 'this account alone');
}

interface SchemaFlags {
  readonly node: boolean;
  readonly admin: boolean;
  readonly client?: boolean;
}

interface CopyFlags {
  readonly readable?: boolean;
  readonly json?: boolean;
}

program
  .command('demo')
  .description('start sandboxes of every provider and a gateway on them, filled and ready to be asked')
  .option('--port <n>', 'the gateway’s port, 0 for any (default: 4000)')
  .action(async (options: { port?: string }) => {
    const port = readPort(options.port);
    const { demo } = await import('./commands/demo.ts');
    code = await demo({ port, io });
  });

program
  .command('serve')
  .description('start the gateway; prints its address when it answers')
  .option('--port <n>', 'instead of server.port; 0 for any')
  .action(async (options: { port?: string }) => {
    const port = readPort(options.port);
    const config = await configuration();
    const { serve } = await import('./commands/serve.ts');
    code = await serve({ config, read: await reader(), port, io, version });
  });

interface InitOptions {
  readonly provider?: string;
  readonly account?: string;
  readonly baseUrl?: string;
  readonly currency?: string;
  readonly credential: readonly string[];
  readonly force?: boolean;
}

program
  .command('init')
  .description('write a configuration of one account, secrets as variables; asks for what is not given')
  .option('--provider <name>', 'ebet, vertexplay, …')
  .option('--account <id>', 'the account’s name (default: <provider>-main)')
  .option('--base-url <url>', 'the provider’s address')
  .option('--currency <code>', 'where the provider’s rows carry none')
  .option('--credential <name=value>', 'once for each', (each: string, all: string[]) => [...all, each], [])
  .option('--force', 'write over a file that is there')
  .action(async ({ credential, force = false, ...options }: InitOptions) => {
    secrets = credential.map((each) => each.slice(each.indexOf('=') + 1));
    const [{ init }, { createPrompt }] = await Promise.all([
      import('./commands/init.ts'),
      import('./commands/prompt.ts'),
    ]);
    const prompt = process.stdin.isTTY ? createPrompt(process.stdin, stderr, stop.signal) : null;
    const { provider, account, baseUrl, currency } = options;
    const { config: file } = program.opts<{ config?: string }>();
    try {
      const asked = { provider, account, baseUrl, currency, credentials: credential };
      code = await init({ file, ...asked, force, prompt, io });
    } finally {
      prompt?.close();
    }
  });

program
  .command('check')
  .description('check the configuration, and ask each account one cheap real question')
  .option('--json', 'as JSON')
  .action(async ({ json = false }: { json?: boolean }) => {
    const config = await configuration();
    const { check } = await import('./commands/check.ts');
    code = await check({ config, json, io });
  });

program
  .command('config')
  .description('print the configuration in force: its defaults filled in, its secrets concealed')
  .option('--json', 'as JSON')
  .action(async ({ json = false }: { json?: boolean }) => {
    const config = await configuration();
    const { printConfig } = await import('./commands/config.ts');
    code = await printConfig({ config, json, io });
  });

program
  .command('doctor')
  .description('look at configuration, archive, and each provider’s credentials, clock, pace and lateness')
  .option('--json', 'as JSON')
  .action(async ({ json = false }: { json?: boolean }) => {
    const config = await configuration();
    const { doctor } = await import('./commands/doctor.ts');
    code = await doctor({ config, json, io });
  });

program
  .command('status')
  .description('show what the running gateway does: each feed’s state, lag, pace, and when history is lost')
  .option('--watch', 'look again every five seconds')
  .option('--json', 'as JSON')
  .action(async ({ watch = false, json = false }: { watch?: boolean; json?: boolean }) => {
    const config = await configuration();
    const { status } = await import('./commands/status.ts');
    code = await status({ config, json, watch, io });
  });

ranged('backfill')
  .description('fill what a range lacks; started again, it goes on')
  .option('--kind <kind>', 'BET, TRANSFER or SEQ_NO_FAILURE alone')
  .action(async (options: RangeOptions & { kind?: string }) => {
    const [range, kind] = [readRange(options), readKind(options.kind)];
    const config = await configuration();
    const account = readAccount(options.account, config);
    const { backfill } = await import('./commands/backfill.ts');
    code = await backfill({ config, range, account, kind, io });
  });

for (const to of ['pause', 'resume'] as const) {
  program
    .command(to)
    .description(
      to === 'pause'
        ? 'have an account’s provider asked nothing until it is resumed'
        : 'have an account’s provider asked again at once, also after its credentials were refused',
    )
    .argument('<account>', 'as accounts[].id has it')
    .action(async (id: string) => {
      const config = await configuration();
      const account = readAccount(id, config) ?? id;
      const { steer } = await import('./commands/steer.ts');
      code = await steer({ config, account, to, io });
    });
}

program
  .command('reread')
  .description('read a range of a feed again, held or not; ends when all was read')
  .requiredOption('--account <id>', 'the account')
  .requiredOption('--kind <kind>', 'BET, TRANSFER or SEQ_NO_FAILURE')
  .requiredOption(
    '--from <time>',
    'start of the range: a date (00:00Z), a time with its zone, yesterday, -24h',
  )
  .requiredOption('--to <time>', 'end of the range, itself not in it; now as well')
  .action(async (options: Required<RangeOptions> & { kind: string }) => {
    const range = readRange(options);
    const config = await configuration();
    const { account, kind } = readFeed(options, config);
    const { reread } = await import('./commands/reread.ts');
    code = await reread({ config, account, kind, range, io });
  });

program
  .command('remap')
  .description(
    'compute an account’s archived rows anew after an option that says how rows are read was changed',
  )
  .argument('<account>', 'as accounts[].id has it')
  .action(async (id: string) => {
    const config = await configuration();
    const account = readAccount(id, config) ?? id;
    const { remap } = await import('./commands/remap.ts');
    code = await remap({ config, account, io });
  });

ranged('coverage')
  .description('show how much of a range each feed holds')
  .option('--json', 'as JSON, times in milliseconds')
  .action(async ({ json = false, ...options }: RangeOptions & { json?: boolean }) => {
    const range = readRange(options);
    const config = await configuration();
    const account = readAccount(options.account, config);
    const { coverage } = await import('./commands/coverage.ts');
    code = await coverage({ config, range, account, json, io });
  });

ranged('export')
  .description('stream the archive’s rows')
  .argument('<what>', 'bets, transfers or failures')
  .requiredOption('--format <format>', 'csv, ndjson, parquet or xlsx')
  .option('-o, --output <file>', 'instead of standard output')
  .action(async (what: string, options: RangeOptions & { format: string; output?: string }) => {
    const range = readRange(options);
    const config = await configuration();
    const account = readAccount(options.account, config);
    const { exportRows } = await import('./commands/export.ts');
    const { format, output } = options;
    code = await exportRows({ config, what, format, range, account, output, io });
  });

interface PublishOptions {
  readonly to: string;
  readonly every: string;
  readonly from?: string;
  readonly until?: string;
  readonly account?: string;
  readonly timeZone: string;
  readonly dayStartsAt: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

program
  .command('publish')
  .description('write rows as Parquet files by account and day, with a manifest; again where a day changed')
  .requiredOption('--to <place>', 'a folder, or s3://bucket/prefix with AWS_ACCESS_KEY_ID and its like')
  .option('--every <period>', 'what a file holds', 'day')
  .option('--from <time>', 'the first day (default: 40 days back, and what was published before)')
  .option('--until <time>', 'up to here (default: the end of the last day that is over)')
  .option('--account <id>', 'this account alone')
  .option('--time-zone <zone>', 'where days lie', 'UTC')
  .option('--day-starts-at <time>', 'when business days start', '00:00')
  .option('--force', 'write every file again')
  .option('--json', 'as JSON')
  .action(async ({ from, until, force = false, json = false, ...options }: PublishOptions) => {
    const at = (name: string, text: string | undefined) =>
      text === undefined ? null : readInstant(name, text);
    const range = { from: at('--from', from), until: at('--until', until) };
    const config = await configuration();
    const { AWS_SECRET_ACCESS_KEY: secret = '', AWS_SESSION_TOKEN: token = '' } = env;
    secrets = [...secrets, secret, token].filter((each) => each !== '');
    const account = readAccount(options.account, config);
    const { publish } = await import('./commands/publish/publish.ts');
    code = await publish({ ...options, config, ...range, account, force, json, io });
  });

program
  .command('migrate')
  .description('bring an archive of an older release to this one’s layout')
  .option('--dry-run', 'say what would be done, and do nothing')
  .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
    const config = await configuration();
    const { migrate } = await import('./commands/migrate.ts');
    code = await migrate({ config, dryRun, io });
  });

program
  .command('verify')
  .description('compare the archive’s rows with its ledger and its roll-ups; 1 where something differs')
  .option('--json', 'as JSON')
  .action(async ({ json = false }: { json?: boolean }) => {
    const config = await configuration();
    const { verify } = await import('./commands/verify.ts');
    code = await verify({ config, json, io });
  });

program
  .command('copy-archive')
  .description('copy an archive into an empty one, all of it or nothing, and compare every row')
  .argument('<from>', 'as archive.url has it: duckdb:FILE or postgres://…')
  .argument('<to>', 'likewise')
  .option('--readable', 'copy what can be read of a damaged DuckDB file, and say what could not')
  .option('--json', 'as JSON')
  .action(async (from: string, to: string, { readable = false, json = false }: CopyFlags) => {
    secrets = [from, to].flatMap((url) => (URL.canParse(url) ? new URL(url).password : []));
    const { copyArchive } = await import('./commands/copy-archive.ts');
    code = await copyArchive({ from, to, readable, json, io });
  });

program
  .command('schema')
  .description('print the graph’s schema, or the JSON Schema of the configuration')
  .argument('[of]', 'graph or config', 'graph')
  .option('--no-node', 'without node and nodes, as with federation.exposeNode: false')
  .option('--no-admin', 'without mutations, as with federation.exposeAdmin: false')
  .option('--client', 'without federation’s machinery, for codegen, Relay and other client tools')
  .action(async (of: string, { node, admin, client = false }: SchemaFlags) => {
    const { schema } = await import('./commands/schema.ts');
    code = await schema({ of, node, admin, client, io });
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has said what is wrong; 0 is what help and --version end with
    code = error.exitCode === 0 ? 0 : 2;
  } else {
    const ending = endingOf(error, { secrets, debug: env['COUNTROOM_DEBUG'] !== undefined });
    stderr.write(`${ending.text}\n`);
    code = ending.code;
  }
}
// What is written to a pipe waits in this process until its reader takes it; a stop does not wait for the reader.
if (code === 0 || !stop.signal.aborted) await Promise.all([flushed(stdout), flushed(stderr)]);
process.exit(code);
