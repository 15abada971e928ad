import { UsageError } from '../errors.ts';
import type { Io } from './io.ts';

export interface SchemaAsk {
  /** `graph`: exactly what `_service.sdl` answers; `config`: the JSON Schema of `countroom.yaml`. */
  readonly of: string;
  /** Whether `node` and `nodes` are in the graph. */
  readonly node: boolean;
  readonly io: Io;
}

/** Prints a schema. */
export async function schema({ of, node, io }: SchemaAsk): Promise<number> {
  io.stdout.write(`${await textOf(of, node)}\n`);
  return 0;
}

async function textOf(of: string, node: boolean): Promise<string> {
  if (of === 'graph') {
    const { printSubgraph } = await import('../graph/schema/subgraph.ts');
    const { providers } = await import('../providers/registry.ts');
    return printSubgraph({ providers, exposeNode: node }).trimEnd();
  }
  if (of === 'config') return (await import('./configuration.ts')).printConfigSchema();
  throw new UsageError(`schema: expected graph or config, got "${of}"`);
}
