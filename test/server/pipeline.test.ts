import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { RequestContext } from '../../src/graph/context.ts';
import { MOST_WAITING } from '../../src/server/http/pipeline.ts';
import { deferred, post, start } from './harness.ts';

/** A gateway whose `slow` answers when it is let, and how many times it was asked. */
async function slowly() {
  const asked: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const running = await start({
    settings: { drainTimeout: '0s' },
    makeContext(viewer, left) {
      if (left !== undefined) signals.push(left);
      return { viewer, notices: [] } as Pick<RequestContext, 'viewer' | 'notices'> as RequestContext;
    },
    resolvers: {
      slow() {
        const answer = deferred<string>();
        asked.push(() => answer.resolve('done'));
        return answer.promise;
      },
    },
  });
  const { hostname, port } = new URL(running.url);
  const client = connect(Number(port), hostname);
  const answers = counting(client);
  return { running, signals, asked, client, answers, hostname };
}

/** Counts the answers that arrived. */
function counting(client: Socket): () => number {
  let text = '';
  client.setEncoding('utf8').on('data', (more) => {
    text += more;
  });
  return () => text.split('HTTP/1.1 ').length - 1;
}

const get = (path: string, host: string) => `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`;

function ask(host: string): string {
  const body = JSON.stringify({ query: '{ slow }' });
  const head = `POST /graphql HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json`;
  return `${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

describe('requests sent one behind the other', () => {
  test('are begun one at a time, and answered all', async () => {
    const { asked, client, answers, hostname } = await slowly();
    client.write(ask(hostname).repeat(3) + get('/%zz', hostname) + get('/livez', hostname));
    for (const at of [0, 1, 2]) {
      await expect.poll(() => asked.length).toBe(at + 1);
      await expect.poll(answers).toBe(at);
      asked[at]?.();
    }
    await expect.poll(answers).toBe(5);
    expect(asked).toHaveLength(3);
    client.destroy();
  });

  test('are not begun any more when their client has left', async () => {
    const { asked, client, hostname, running, signals } = await slowly();
    client.write(ask(hostname).repeat(5));
    await expect.poll(() => asked.length).toBe(1);
    client.destroy();
    await expect.poll(() => signals[0]?.aborted).toBe(true);
    asked[0]?.();
    expect((await post(running, '{ who }')).status).toBe(200);
    expect(asked).toHaveLength(1);
  });

  test('end the connection where too many wait', async () => {
    const { asked, client, hostname } = await slowly();
    client.on('error', () => {});
    const closed = once(client, 'close');
    client.write(ask(hostname) + get('/livez', hostname).repeat(MOST_WAITING + 1));
    await closed;
    expect(asked.length).toBeLessThanOrEqual(1);
  });
});
