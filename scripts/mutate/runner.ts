import { createInterface } from 'node:readline';
import { createVitest } from 'vitest/node';

/**
 * Runs test files in this folder as told by lines of JSON, `{ "changed": [...], "test": "..." }`, until a test of the file
 * fails, and answers each by whether it passed.
 */
const vitest = await createVitest('test', {
  watch: false,
  bail: 1,
  maxWorkers: 1,
  reporters: [{}],
  update: false,
});
await vitest.standalone();

for await (const line of createInterface({ input: process.stdin })) {
  const { changed, test } = JSON.parse(line) as { changed: readonly string[]; test: string };
  for (const file of changed) vitest.invalidateFile(file);
  vitest.state.filesMap.clear();
  const specification = vitest.getRootProject().createSpecification(test);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification]);
  const passed = unhandledErrors.length === 0 && testModules.every((each) => each.ok());
  // What tests print goes the same way: the mark tells.
  process.stdout.write(`\n#${JSON.stringify({ passed })}\n`);
}
await vitest.close();
