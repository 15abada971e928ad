import { describe, expect, it, onTestFinished } from 'vitest';
import { bet, read } from './sample.ts';
import type { Subject } from './store.ts';

export function describeRenaming(subject: Subject): void {
  describe(`${subject.name}: an edit of the players’ names while it is open`, () => {
    it('names those who are there anew, and those who come later', async () => {
      const store = await subject.createStore();
      let prefix = 'old';
      const archive = await store.open({ playerOf: (_, username) => `${prefix}:${username}` });
      onTestFinished(async () => {
        await archive.close();
        await store.drop();
      });
      const names = async () => (await archive.usernames(null)).map(({ player }) => player).sort();
      await archive.commit(read('one', { rows: [bet('a', 1, { providerUsername: 'ann' })] }));
      expect(await names()).toEqual(['old:ann']);
      prefix = 'new';
      await archive.rename();
      expect(await names()).toEqual(['new:ann']);
      await archive.commit(read('two', { rows: [bet('b', 1, { providerUsername: 'bob' })] }));
      expect(await names()).toEqual(['new:ann', 'new:bob']);
    });
  });
}
