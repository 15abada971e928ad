import { readFileSync } from 'node:fs';
import { acceptedChanges, lastRelease } from './releases.ts';
import { breakingChanges, judge } from './schema-diff.ts';

/** `npm run schema:changes`: names what breaks for clients since the last release; 1 where nobody decided on it. */
const release = lastRelease();
const printed = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
const { accepted, refused, stale } = judge(await breakingChanges(release.sdl, printed), acceptedChanges());

for (const { message, reason } of accepted) console.log(`accepted: ${message}\n  ${reason}`);
for (const { change, path, message } of refused) {
  console.error(`BREAKING: ${message}\n  to accept it: { change: ${change}, path: ${path}, reason: … }`);
}
for (const { change, path } of stale) console.error(`nothing to accept any more: ${change} ${path}`);
console.log(
  `since ${release.version}: ${accepted.length} breaking changes accepted, ${refused.length} not decided on`,
);
process.exitCode = refused.length + stale.length > 0 ? 1 : 0;
