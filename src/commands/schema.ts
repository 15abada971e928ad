import { UsageError } from '../errors.ts';
import type { Io } from './io.ts';

export interface SchemaAsk {
  /** `graph`: exactly what `_service.sdl` answers; `config`: the JSON Schema of `countroom.yaml`. */
  readonly of: string;
  /** Whether `node` and `nodes` are in the graph. */
  readonly node: boolean;
  /** Whether the mutations are in the graph. */
  readonly admin: boolean;
  /** The graph without federation's machinery, for clients and their tools. */
  readonly client: boolean;
  readonly io: Io;
}

/** Prints a schema. */
export async function schema(ask: SchemaAsk): Promise<number> {
  ask.io.stdout.write(`${await textOf(ask)}\n`);
  return 0;
}

async function textOf({ of, node, admin, client }: SchemaAsk): Promise<string> {
  if (of === 'graph') {
    const { printClientSchema, printSubgraph } = await import('../graph/schema/subgraph.ts');
    const { providers } = await import('../providers/registry.ts');
    const print = client ? printClientSchema : printSubgraph;
    return print({ providers, exposeNode: node, exposeAdmin: admin }).trimEnd();
  }
  if (of === 'config') return (await import('./configuration.ts')).printConfigSchema();
  throw new UsageError(`schema: expected graph or config, got "${of}"`);
}
