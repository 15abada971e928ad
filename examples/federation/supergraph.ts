import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

export interface ComposedFrom {
  readonly name: string;
  /** Where the router asks the subgraph. */
  readonly url: string;
  readonly sdl: string;
}

/** The supergraph's SDL; throws with every reason the subgraphs do not go together. */
export function compose(subgraphs: readonly ComposedFrom[]): string {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (supergraphSdl !== undefined) return supergraphSdl;
  throw new Error(['the subgraphs do not compose', ...(errors ?? []).map(String)].join('\n'));
}

/** The SDL a running subgraph says it has; throws where it does not answer one. */
export async function readSdl(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const answer = (await response.json()) as {
    readonly data?: { readonly _service?: { readonly sdl?: string } };
  };
  const sdl = answer.data?._service?.sdl;
  if (sdl === undefined) throw new Error(`${url}: expected _service.sdl, got HTTP ${response.status}`);
  return sdl;
}
