import type { RequestContext } from '../context.ts';

/** What a request has one of: made at its first use, gone with it. */
export function createPerRequest<T>(create: (context: RequestContext) => T): (context: RequestContext) => T {
  const known = new WeakMap<RequestContext, T>();
  return (context) => {
    const made = known.get(context) ?? create(context);
    known.set(context, made);
    return made;
  };
}
