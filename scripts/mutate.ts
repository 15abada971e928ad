import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { z } from 'zod';
import { drawFrom } from '../src/providers/seeded.ts';
import { type Mutant, mutantsOf, mutated } from './mutate/mutants.ts';
import { createRelated } from './mutate/related.ts';
import { createTests, type Outcome } from './mutate/tests.ts';
import { copyTree } from './mutate/tree.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const usual = 'src/{records,feeds,upstream,archive}/**,src/providers/*/{signing,cipher,private-key}.ts';

const options = new Command('mutate')
  .description('Changes one line at a time in a copy of the tree and says whether a test notices.')
  .option('--files <globs>', 'which source files, by commas', usual)
  .option('--sample <n>', 'how many mutants, drawn by the seed; all where it is left out')
  .option('--seed <s>', 'what the sample is drawn by', '1')
  .option('--patches <file>', 'a JSON list of { file, from, to } in the place of drawn mutants')
  .option(
    '--again <file>',
    'those that survived by an earlier --log, as far as their lines are what they were',
  )
  .option('--budget <s>', 'seconds of tests a mutant, the nearest tests first', '40')
  .option(
    '--longest <s>',
    'seconds that a file of tests may take; twice as long as it takes on a busy machine',
    '240',
  )
  .option('--minutes <m>', 'stop after so long, whatever is left', '600')
  .option('--log <file>', 'one line of JSON a mutant')
  .parse()
  .opts<{
    files: string;
    sample?: string;
    seed: string;
    patches?: string;
    again?: string;
    budget: string;
    longest: string;
    minutes: string;
    log?: string;
  }>();

// As they were at the beginning: the tree may be worked on meanwhile.
const texts = new Map<string, string>();

function read(file: string): string {
  const text = texts.get(file) ?? readFileSync(join(root, file), 'utf8');
  texts.set(file, text);
  return text;
}

function drawn(): Mutant[] {
  const globs = options.files.split(/,(?![^{]*\})/);
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('src', path))
    .filter((path) => path.endsWith('.ts') && globs.some((glob) => matchesGlob(path, glob)));
  const all = sources.sort().flatMap((file) => mutantsOf(file, read(file)));
  console.log(`${all.length} mutants in ${sources.length} files`);
  if (options.sample === undefined) return all;
  const draw = drawFrom(Number(options.seed));
  const left = [...all];
  const count = Math.min(Number(options.sample), left.length);
  return Array.from({ length: count }, () => left.splice(draw.integer(left.length), 1)[0]!);
}

const patch = z.object({ file: z.string(), from: z.string(), to: z.string(), test: z.string().optional() });

function listed(list: string): Mutant[] {
  return z
    .array(patch)
    .parse(JSON.parse(read(list)))
    .map(({ file, from, to, test }) => {
      const [before = '', ...others] = read(file).split(from);
      if (others.length !== 1)
        throw new Error(`${file}: expected once, found ${others.length} times: ${from}`);
      const line = before.split('\n').length;
      return {
        file,
        line,
        start: before.length,
        end: before.length + from.length,
        from,
        to,
        kind: 'patch',
        ...(test && { test }),
      };
    });
}

const logged = z.object({
  is: z.string(),
  file: z.string(),
  line: z.number(),
  start: z.number(),
  end: z.number(),
  from: z.string(),
  to: z.string(),
  kind: z.string(),
});

function survivorsOf(log: string): Mutant[] {
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return lines
    .map((line) => logged.parse(JSON.parse(line)))
    .filter((mutant) => mutant.is === 'survived')
    .filter(({ file, start, end, from }) => read(file).slice(start, end) === from);
}

function asked(): Mutant[] {
  if (options.again !== undefined) return survivorsOf(options.again);
  return options.patches === undefined ? drawn() : listed(options.patches);
}

const tree = copyTree(root);
const tests = createTests(tree.path);
const relatedTo = createRelated(root);

/** How long each file of tests takes, and which fail without a mutant as well. */
const tookMs = new Map<string, number>();
const sound = new Set<string>();
const broken = new Set<string>();
const longestFileMs = Number(options.longest) * 1_000;

async function run(test: string, limitMs: number): Promise<Outcome['is']> {
  const { is, took } = await tests.run(test, limitMs);
  if (is === 'passed') tookMs.set(test, took);
  return is;
}

/** Whether a file of tests passes without a mutant, which is in the tree when this is asked and again afterwards. */
async function isSound(test: string, mutant: Mutant): Promise<boolean> {
  if (sound.has(test)) return true;
  put(mutant.file, read(mutant.file));
  // So much quicker than the limit that a mutant's timeout is the mutant's.
  const passes = (await run(test, longestFileMs / 2)) === 'passed';
  put(mutant.file, mutated(read(mutant.file), mutant));
  (passes ? sound : broken).add(test);
  return passes;
}

function put(file: string, text: string): void {
  writeFileSync(join(tree.path, file), text);
  tests.changed(file);
}

interface Verdict {
  readonly is: 'killed' | 'survived' | 'timeout';
  /** The test file that noticed. */
  readonly by: string | null;
  /** How many files of tests it was put to, and how many there are. */
  readonly ran: number;
  readonly of: number;
}

/** Puts a mutant to the nearest tests that the budget has room for, until one fails. */
async function judge(mutant: Mutant): Promise<Verdict> {
  const related = new Set([...(mutant.test ? [mutant.test] : []), ...relatedTo(mutant.file)]);
  const all = [...related].filter((test) => !broken.has(test));
  const budgetMs = Number(options.budget) * 1_000;
  let spent = 0;
  let ran = 0;
  put(mutant.file, mutated(read(mutant.file), mutant));
  try {
    for (const test of all) {
      const usual = tookMs.get(test);
      if (ran > 0 && spent + (usual ?? 0) > budgetMs) continue;
      const startedAt = performance.now();
      const is = await run(test, usual === undefined ? longestFileMs : 3 * usual + 30_000);
      spent += performance.now() - startedAt;
      if (is !== 'passed' && !(await isSound(test, mutant))) continue;
      ran += 1;
      if (is !== 'passed')
        return { is: is === 'failed' ? 'killed' : 'timeout', by: test, ran, of: all.length };
    }
    return { is: 'survived', by: null, ran, of: all.length };
  } finally {
    put(mutant.file, read(mutant.file));
  }
}

const counts = { killed: 0, survived: 0, timeout: 0 };
const endsAt = performance.now() + Number(options.minutes) * 60_000;
try {
  for (const mutant of asked()) {
    if (performance.now() > endsAt) break;
    const verdict = await judge(mutant);
    counts[verdict.is] += 1;
    const { file, line, kind, from, to } = mutant;
    const tail = verdict.by === null ? `${verdict.ran} of ${verdict.of} test files` : `by ${verdict.by}`;
    console.log(
      `${verdict.is.padEnd(8)} ${file}:${line} ${kind}: ${oneLine(from)} → ${oneLine(to)} (${tail})`,
    );
    if (options.log !== undefined)
      appendFileSync(options.log, `${JSON.stringify({ ...mutant, ...verdict })}\n`);
  }
} finally {
  tests.close();
  tree.remove();
}
const judged = counts.killed + counts.survived + counts.timeout;
const score = judged === 0 ? 0 : ((counts.killed + counts.timeout) / judged) * 100;
console.log(
  `${judged} mutants (seed ${options.seed}): ${counts.killed} killed, ${counts.timeout} timed out, ${counts.survived} survived; score ${score.toFixed(1)} %`,
);
if (broken.size > 0) console.log(`not used, since they fail without a mutant: ${[...broken].join(', ')}`);

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 70 ? `${line.slice(0, 70)}…` : line;
}
