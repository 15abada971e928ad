import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { afterAll, describe, expect, it } from 'vitest';
import type { RequestContext } from '../../../src/graph/context.ts';
import { createNoticesPlugin } from '../../../src/graph/response/notices.ts';
import { encodeId } from '../../../src/graph/rows/ids.ts';
import { createContext, createUntouchedArchive, schema } from '../harness.ts';

const server = new ApolloServer<RequestContext>({
  schema,
  plugins: [createNoticesPlugin(), ApolloServerPluginInlineTraceDisabled()],
  stopOnTerminationSignals: false,
});
const archive = { ...createUntouchedArchive(), byKeys: async () => [] };

async function extensionsOf(query: string) {
  const contextValue = createContext({ archive, readDetail: async () => 'NEEDS_NEAR' });
  const { body } = await server.executeOperation({ query }, { contextValue });
  return body.kind === 'single' ? body.singleResult.extensions : expect.unreachable();
}

afterAll(() => server.stop());

describe('notices', () => {
  it('stand beside the data, one for each', async () => {
    const one = encodeId('Bet', 'one-main', 'x');
    const two = encodeId('Bet', 'one-main', 'y');
    const extensions = await extensionsOf(`{ a: bet(id: "${one}") { id } b: bet(id: "${two}") { id } }`);
    expect(extensions?.['notices']).toMatchObject([
      { code: 'DETAIL_NEEDS_NEAR' },
      { code: 'DETAIL_NEEDS_NEAR' },
    ]);
  });

  it('are absent where there is nothing to say', async () => {
    expect(await extensionsOf('{ providers { name } }')).toBeUndefined();
  });
});
