import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHttp } from '../../src/upstream/http.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

test('calls one after the other go over one connection, and it is gone once all is closed', async () => {
  const sockets = new Set<object>();
  const server = createServer((_, response) => response.end('{}'));
  server.on('connection', (socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const http = createHttp({
    account: 'acc',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  for (let calls = 0; calls < 3; calls += 1) {
    await http.open();
    const request = { method: 'POST', path: '/', headers: {}, body: '{}' } as const;
    expect((await http.send(request, { timeoutMs: 60_000, onWritten() {} })).text).toBe('{}');
    expect(sockets.size).toBe(1);
  }
  await http.close();
  await expect.poll(() => sockets.size).toBe(0);
});
