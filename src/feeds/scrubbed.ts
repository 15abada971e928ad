import { UpstreamError } from '../errors.ts';
import type { Connection } from '../providers/provider.ts';
import type { Scrub } from '../records/scrub.ts';
import type { Delay } from '../upstream/call.ts';

/** A connection of whose answers nothing is kept, or said, that holds a secret: neither rows set aside nor errors. */
export function scrubConnection(connection: Connection, scrub: Scrub): Connection {
  const { readPage, readDetail } = connection;

  async function scrubbing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof UpstreamError ? scrubbed(error, scrub) : error;
    }
  }

  function heard<A extends { readonly onDelay?: (delay: Delay) => void }>(ask: A): A {
    const { onDelay } = ask;
    if (onDelay === undefined) return ask;
    return {
      ...ask,
      onDelay: ({ error, waitMs }: Delay) => onDelay({ error: scrubbed(error, scrub), waitMs }),
    };
  }

  return {
    ...connection,
    readPage: (kind, ask) =>
      scrubbing(async () => {
        const page = await readPage(kind, heard(ask));
        if (page.quarantined.length === 0) return page;
        const quarantined = page.quarantined.map((row) => ({
          ...row,
          reason: scrub(row.reason),
          raw: scrub(row.raw),
        }));
        return { ...page, quarantined };
      }),
    ...(readDetail && { readDetail: (ask) => scrubbing(() => readDetail(heard(ask))) }),
  };
}

/** The same error without a secret in what it says and keeps. */
export function scrubbed(error: UpstreamError, scrub: Scrub): UpstreamError {
  const { message, action, upstreamCode, retryAfterMs, raw } = error;
  return new UpstreamError(scrub(message), {
    action,
    upstreamCode: upstreamCode === null ? undefined : scrub(upstreamCode),
    retryAfterMs: retryAfterMs ?? undefined,
    raw: raw === null ? undefined : scrub(raw),
    cause: error.cause,
  });
}
