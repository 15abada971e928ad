import { expect, test } from 'vitest';
import { ask, deferred, post, type Running, start } from './harness.ts';

/** Sends requests to gateways in turn, to those that were ready when it last looked; tries none twice. */
function createBalancer(gateways: Running[]) {
  const able = gateways.map(() => true);
  const failed: string[] = [];
  let answered = 0;
  let turn = 0;
  return {
    failed,
    answered: () => answered,
    async look() {
      const found = gateways.map(({ url }) => ask(`${url}/readyz`).then(({ status }) => status === 200));
      await Promise.all(found.map(async (ready, index) => (able[index] = await ready.catch(() => false))));
    },
    async send() {
      turn += 1;
      const index = able[turn % gateways.length] ? turn % gateways.length : able.indexOf(true);
      try {
        const { status, json } = await post(gateways[index]!, '{ who bets(first: 20) { totalCount } }');
        if (status !== 200 || json.errors !== undefined) failed.push(`${status}`);
        answered += 1;
      } catch (error) {
        failed.push(String(error));
      }
    },
  };
}

test('answers every request while one gateway after the other is stopped and started behind a balancer', async () => {
  const gateways = [await start(), await start()];
  const balancer = createBalancer(gateways);
  const over = deferred<void>();
  let isOver = false;
  const clients = Array.from({ length: 4 }, async () => {
    while (!isOver) await balancer.send();
  });
  void Promise.all(clients).then(() => over.resolve());
  const more = async (requests: number) => {
    const until = balancer.answered() + requests;
    while (balancer.answered() < until && balancer.failed.length === 0) await new Promise(setImmediate);
  };
  for (const index of [0, 1]) {
    await more(40);
    const leaving = gateways[index]!.server;
    leaving.retire();
    // The balancer has not looked yet, and goes on sending.
    await more(40);
    await balancer.look();
    await more(20);
    await leaving.close();
    await more(20);
    gateways[index] = await start();
    await balancer.look();
  }
  await more(40);
  isOver = true;
  await over.promise;
  expect(balancer.failed).toEqual([]);
  expect(balancer.answered()).toBeGreaterThan(250);
});
