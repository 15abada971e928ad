import { execute, parse } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { createSchema } from 'graphql-yoga';
import { createExecutor } from '../src/graph/executor/executor.ts';
import { cpuOfEach } from './cpu.ts';
import { TWELVE } from './peers/rows.ts';
import { makeContext, resolvers, typeDefs } from './peers/schema.ts';
import type { Bench } from './result.ts';

const TIMES = 20;

/** A page of 1,000 rows in memory by the graph's executor, by graphql-js and by graphql-jit: CPU without HTTP and JSON. */
export const executor: Bench = async () => {
  const schema = createSchema({ typeDefs, resolvers });
  const document = parse(`{ bets(first: 1000) { nodes { ${TWELVE} } } }`);
  const own = createExecutor(schema);
  const compiled = compileQuery(schema, document);
  if (!isCompiledQuery(compiled)) throw new Error('graphql-jit: expected a query that compiles');
  const often = (run: () => unknown) => async () => {
    for (let time = 0; time < TIMES; time += 1) await run();
  };
  const costs = await cpuOfEach({
    own: often(() => own({ document, context: makeContext() })),
    js: often(() => execute({ schema, document, contextValue: makeContext() })),
    jit: often(() => compiled.query({}, makeContext(), {})),
  });
  const detail = `${(costs.own / TIMES).toFixed(2)} ms, graphql-js ${(costs.js / TIMES).toFixed(2)}, graphql-jit ${(costs.jit / TIMES).toFixed(2)}`;
  return [
    {
      question: 'executing a page of 1,000 × 12, against graphql-js (CPU)',
      figure: costs.own / costs.js,
      unit: '×',
      atMost: 0.25,
      detail,
    },
    {
      question: 'the same, against graphql-jit',
      figure: costs.own / costs.jit,
      unit: '×',
      atMost: 2,
      detail,
    },
  ];
};
