import { createHttp } from '../../src/upstream/http.ts';

// Run as a process of its own: which authorities are trusted is decided when Node starts.
for (const baseUrl of process.argv.slice(2)) {
  const http = createHttp({ account: 'acc', baseUrl });
  const told = await http
    .send({ method: 'GET', path: '/', headers: {}, body: '' }, { timeoutMs: 5_000, onWritten() {} })
    .then(({ text }) => text)
    .catch((error: unknown) => String(error));
  process.stdout.write(`${told}\n`);
  await http.close();
}
