import { readFileSync } from 'node:fs';
import { type Allowance, judge, productionPackages } from './lockfile-licences.ts';

const anyUse = 'may be used, changed and passed on by anybody who keeps its notice';
const allowed: readonly Allowance[] = [
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'Python-2.0'].map((licence) => ({
    licence,
    why: anyUse,
  })),
  { licence: 'Zlib', why: anyUse },
  { licence: 'Apache-2.0', why: `${anyUse}, with a grant of patents` },
];

/** `npm run licences`: the licences of what production installs; 1 on one that is not on the list. */
const packages = productionPackages(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const { summary, refused, stale } = judge(packages, allowed);

console.log(`${packages.length} packages: ${summary.map(([name, count]) => `${name} ${count}`).join(', ')}`);
for (const { package: only, licence, why } of allowed) {
  if (only !== undefined) console.log(`${licence}, for ${only} alone: ${why}`);
}
for (const { name, version, licence } of refused) {
  console.error(`NOT ALLOWED: ${name} ${version} is ${licence}; allow it in scripts/licences.ts, with why`);
}
for (const { package: only, licence } of stale) {
  console.log(`no longer needed on the list: ${licence} for ${only}`);
}
process.exitCode = refused.length > 0 ? 1 : 0;
