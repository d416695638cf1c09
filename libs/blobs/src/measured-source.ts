import { createHash } from 'node:crypto';
import { BlobTooLargeError, type WrittenBlob } from './blob-storage.js';

/** A source that is counted and hashed while it is read, and ended when it brings too much. */
export class MeasuredSource implements AsyncIterable<Uint8Array> {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly maxBytes: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of this.source) {
      this.bytes += chunk.length;
      if (this.bytes > this.maxBytes) throw new BlobTooLargeError(this.maxBytes);
      this.hash.update(chunk);
      yield chunk;
    }
  }

  /** What it was. Call it once, after its end. */
  measured(): WrittenBlob {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}
