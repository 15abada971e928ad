/** As `fetch`, with the whole body read; rejects as soon as it is longer than `most` bytes. */
export async function fetchSmall(url: string | URL, init: RequestInit, most: number): Promise<Response> {
  const response = await fetch(url, init);
  const parts: Uint8Array[] = [];
  const reader = response.body?.getReader();
  let length = 0;
  for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
    length += read.value.length;
    if (length > most) {
      await reader?.cancel();
      throw new RangeError(`expected at most ${most} bytes from ${new URL(url).host}, got more`);
    }
    parts.push(read.value);
  }
  const { status, statusText, headers } = response;
  const empty = status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : Buffer.concat(parts), { status, statusText, headers });
}
