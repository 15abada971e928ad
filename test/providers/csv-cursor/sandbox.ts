import type {
  CreateSandbox,
  SandboxCall,
  SandboxReply,
  SandboxRequest,
} from '../../../src/providers/sandbox.ts';
import { drawFrom, type RowSeed, seedsIn } from '../../../src/providers/seeded.ts';
import type { Interval } from '../../../src/records/interval.ts';
import { encodeCsv } from './csv.ts';

const KEY = 'key-of-the-csv-sandbox';

/** The other side: a key in a header, both ends of an interval inclusive, a cursor that is the next row's time. */
export const createSandbox: CreateSandbox = ({ clock = Date.now, rowsPerMinute = 4 } = {}) => {
  const calls: SandboxCall[] = [];

  function judge({ method, path, query, headers }: SandboxRequest) {
    const fields = new URLSearchParams(query);
    const number = (name: string) => Number(fields.get(name) ?? Number.NaN);
    const interval: Interval = { from: number('from'), to: number('to') };
    const size = number('size');
    const start = fields.has('cursor') ? number('cursor') : interval.from;
    const refused =
      method !== 'GET' || path !== '/rows.csv'
        ? '404'
        : headers['x-api-key'] !== KEY
          ? '401'
          : !(start >= interval.from && start <= interval.to && size >= 1)
            ? '400'
            : null;
    return { interval, size, start, refused };
  }

  function listOf({ interval, size, start }: ReturnType<typeof judge>): string {
    const seeds = seedsIn({ from: start, to: interval.to + 1 }, rowsPerMinute);
    const next = seeds[size]?.at;
    const goesOn = next === undefined ? {} : { next, covered: next };
    return encodeCsv({ ...goesOn, rows: seeds.slice(0, size).map(rowOf) });
  }

  function handle(request: SandboxRequest): SandboxReply {
    const asked = judge(request);
    const { refused } = asked;
    calls.push({ at: clock(), operation: '/rows.csv', interval: asked.interval, page: null, refused });
    if (refused !== null) return { status: Number(refused), body: '' };
    return { status: 200, headers: { 'content-type': 'text/csv' }, body: listOf(asked) };
  }

  return {
    account: { provider: 'csvcursor', credentials: { key: KEY } },
    handle,
    calls,
    truth: (_, interval) => seedsIn(interval, rowsPerMinute).map((seed) => JSON.stringify(rowOf(seed))),
  };
};

function rowOf({ at, minute, index }: RowSeed): Readonly<Record<string, string>> {
  const draw = drawFrom(minute, index);
  return {
    id: `row-${minute}-${index}`,
    player: `player${draw.integer(20)}`,
    at: String(at),
    status: draw.pick(['200', '404', '500']),
    event: draw.pick(['bet', 'win', '']),
  };
}
