import { z } from 'zod';

const lockedPackage = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  link: z.boolean().optional(),
});
const lockfile = z.object({ packages: z.record(z.string(), lockedPackage) });

/** One installed package and the licence its author names. */
export interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** A licence that is taken, or one package's alone, each with why. */
export interface Allowance {
  readonly licence: string;
  /** Absent: any package may have it. */
  readonly package?: string;
  readonly why: string;
}

export interface LicenceVerdict {
  /** Packages a licence, the most first. */
  readonly summary: readonly (readonly [licence: string, packages: number])[];
  readonly refused: readonly Licensed[];
  /** What is allowed to one package that is not there with it. */
  readonly stale: readonly Allowance[];
}

/** What a package-lock.json installs for production, optional and peer packages included. */
export function productionPackages(text: string): readonly Licensed[] {
  const { packages } = lockfile.parse(JSON.parse(text));
  return Object.entries(packages)
    .filter(([path, { dev, link }]) => path !== '' && dev !== true && link !== true)
    .map(([path, { version = '', license = 'none named' }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license,
    }));
}

/** Compares packages with what is allowed; a choice (`A OR B`) needs one of them, a sum (`A AND B`) each. */
export function judge(packages: readonly Licensed[], allowed: readonly Allowance[]): LicenceVerdict {
  const counts = new Map<string, number>();
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const grants = (allowance: Allowance, name: string, licence: string) =>
    allowance.licence === licence && (allowance.package === undefined || allowance.package === name);
  const taken = ({ name, licence }: Licensed) =>
    alternatives(licence).some((parts) =>
      parts.every((part) => allowed.some((allowance) => grants(allowance, name, part))),
    );
  return {
    summary: [...counts].sort(([a, many], [b, more]) => more - many || a.localeCompare(b)),
    refused: packages.filter((each) => !taken(each)),
    stale: allowed.filter(
      (allowance) =>
        allowance.package !== undefined &&
        !packages.some(({ name, licence }) => grants(allowance, name, licence)),
    ),
  };
}

function alternatives(licence: string): readonly (readonly string[])[] {
  const plain = licence.replace(/^\((.*)\)$/, '$1');
  return plain.split(' OR ').map((choice) => choice.split(' AND '));
}
