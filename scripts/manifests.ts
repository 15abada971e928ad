import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { parse } from 'yaml';
import { z } from 'zod';

const root = fileURLToPath(new URL('../', import.meta.url));
const head = z.looseObject({ apiVersion: z.string(), kind: z.string() });
// Kustomize's own, of which kubernetes-types knows nothing: the fields that are used here.
const kustomization = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string(),
  labels: z.array(
    z.strictObject({ pairs: z.record(z.string(), z.string()), includeSelectors: z.boolean().optional() }),
  ),
  resources: z.array(z.string()),
  configMapGenerator: z.array(z.strictObject({ name: z.string(), files: z.array(z.string()) })),
  images: z.array(z.strictObject({ name: z.string(), newName: z.string(), newTag: z.string() })),
});

/** What is wrong with a Kubernetes manifest by the types of its kind: unknown fields, and values of another type. */
export function manifestFaults(text: string): readonly string[] {
  const manifest = head.parse(parse(text));
  const { apiVersion, kind } = manifest;
  if (kind === 'Kustomization') {
    return (kustomization.safeParse(manifest).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  }
  const from = `kubernetes-types/${apiVersion === 'v1' ? 'core/v1' : apiVersion.replace('.k8s.io', '')}`;
  return faultsOf(
    `import type { ${kind} } from '${from}';\nexport const manifest: ${kind} = ${JSON.stringify(manifest, null, 2)};\n`,
  );
}

/** What the compiler says of a module that stands beside package.json. */
function faultsOf(source: string): readonly string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    lib: ['lib.es5.d.ts'],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const path = `${root}manifest.ts`;
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === path ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
