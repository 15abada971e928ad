import { randomBytes } from 'node:crypto';
import { createDuckDbArchive } from '../../../src/archive/duckdb/index.ts';
import { bet, read } from '../conformance/sample.ts';
import { sameName } from '../conformance/store.ts';

// A process of its own for the tests: `committer.ts FILE FROM ROWS BYTES` commits interval after interval of ROWS
// rows of BYTES each, beginning with number FROM, and says so line by line, until it is ended or the disk is full.
const [path = '', from = '0', rowsEach = '100', bytes = '100'] = process.argv.slice(2);

const archive = await createDuckDbArchive({ path, playerOf: sameName });
console.log(`opened ${path}`);
let turn = Number(from);
process.on('message', () => commitAll());
await commitAll();

async function commitAll(): Promise<void> {
  try {
    for (; ; turn += 1) {
      await archive.commit(readOf(turn));
      console.log(`committed ${turn}`);
    }
  } catch (error) {
    console.log(`failed ${turn} ${String(error)}`);
  }
}

/** Rows of an interval of ten, and the first row of the interval before, moved into this one. */
function readOf(number: number) {
  const rows = Array.from({ length: Number(rowsEach) }, (_, index) =>
    bet(`${number}-${index}`, number * 10 + (index % 10), {
      versionAt: number,
      raw: randomBytes(Number(bytes) / 2).toString('hex'),
    }),
  );
  rows.push(bet(`${number - 1}-0`, number * 10, { versionAt: number }));
  return read('a', {
    interval: { from: number * 10, to: number * 10 + 10 },
    readAt: 1_000_000 + number,
    rows,
  });
}
