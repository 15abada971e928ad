import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../src/errors.ts';
import { Agent, ask, build, deferred, post, start } from './harness.ts';

describe('shutdown', () => {
  test('is unready first, finishes what is under way, and takes nothing new', async () => {
    const { promise, resolve } = deferred<string>();
    const started = deferred<void>();
    const slow = () => {
      started.resolve();
      return promise;
    };
    const running = await start({ resolvers: { slow } });
    const agent = new Agent({ connections: 1 });
    expect((await ask(`${running.url}/readyz`, { agent })).json).toEqual({ status: 'ready' });
    const underWay = post(running, '{ slow }');
    await started.promise;
    const closed = running.server.close();
    await expect(ask(`${running.url}/livez`)).rejects.toThrow();
    resolve('done');
    const answer = await underWay;
    expect(answer.json.data).toEqual({ slow: 'done' });
    expect(answer.headers['connection']).toBe('close');
    await closed;
    await agent.close();
  });

  test('can be unready while it still answers', async () => {
    const running = await start();
    running.server.retire();
    expect((await ask(`${running.url}/readyz`)).json).toEqual({ status: 'stopping' });
    expect((await ask(`${running.url}/readyz`)).status).toBe(503);
    expect((await post(running, '{ who }')).status).toBe(200);
  });

  test('answers 503 on a connection that is still open', async () => {
    const { promise, resolve } = deferred<string>();
    const started = deferred<void>();
    const running = await start({
      routes: [
        (app) => {
          app.get('/hold', { config: { access: 'public' } }, async () => {
            started.resolve();
            return promise;
          });
        },
      ],
    });
    // Two requests in one connection: the second is read while the first is under way.
    const agent = new Agent({ connections: 1, pipelining: 2 });
    const first = ask(`${running.url}/hold`, { agent });
    await started.promise;
    const closed = running.server.close();
    const second = ask(`${running.url}/readyz`, { agent });
    resolve('done');
    expect((await first).text).toBe('done');
    await second.then(
      ({ status }) => expect(status).toBe(503),
      // The connection was closed after the first answer, as it was told.
      (error: Error) => expect(error.message).toMatch(/closed|ECONNRE|other side/),
    );
    await closed;
    await agent.close();
  });

  test('waits no longer than the drain timeout', async () => {
    const started = deferred<void>();
    const slow = () => {
      started.resolve();
      return new Promise(() => {});
    };
    const running = await start({ settings: { drainTimeout: '50ms' }, resolvers: { slow } });
    const underWay = post(running, '{ slow }').catch((error: Error) => error.message);
    await started.promise;
    await running.server.close();
    expect(await underWay).toEqual(expect.stringMatching(/closed|other side|ECONNRE/));
  });

  test('is one stop however often it is asked for, also before it listened', async () => {
    const { server } = await build();
    await Promise.all([server.close(), server.close()]);
    await server.close();
  });
});

describe('start', () => {
  test('says which setting is at fault when the port is in use', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    const second = await build({ port });
    const refusal = second.server.listen();
    await expect(refusal).rejects.toThrow(UnavailableError);
    await expect(refusal).rejects.toThrow(`server.port: ${port} is in use on 127.0.0.1`);
  });

  test('is ready once it listens and the archive is open', async () => {
    let open = false;
    const { url } = await start({ isReady: () => open });
    const ready = () => ask(`${url}/readyz`).then(({ status, json }) => [status, json.status]);
    expect(await ready()).toEqual([503, 'starting']);
    open = true;
    expect(await ready()).toEqual([200, 'ready']);
  });

  test('refuses a route nobody decided about', async () => {
    const undecided = build({ routes: [(app) => void app.get('/new', async () => 'x')] });
    const { server } = await undecided;
    await expect(server.listen()).rejects.toThrow('GET /new: expected config.access');
  });
});
