/**
 * What a source brings in parts of one size; the last one is what is left, and the only one when there is nothing.
 * @param size bytes
 */
export async function* inParts(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer, void> {
  let chunks: Uint8Array[] = [];
  let length = 0;
  let isFirst = true;
  for await (const chunk of source) {
    chunks.push(chunk);
    length += chunk.length;
    // Whether a full part is the last one is known when there is something after it.
    while (length > size) {
      const all = Buffer.concat(chunks);
      yield all.subarray(0, size);
      isFirst = false;
      chunks = [all.subarray(size)];
      length -= size;
    }
  }
  if (length > 0 || isFirst) yield Buffer.concat(chunks);
}
