import type { Readable } from 'node:stream';

/** What was written from a stream. */
export interface WrittenBlob {
  bytes: number;
  /** SHA-256, in hex. */
  sha256: string;
}

/** A part of a blob: from the first of these bytes to the last, counted from 0; without `to`, up to the end. */
export interface BlobRange {
  from: number;
  /** At most the last byte there is. */
  to?: number;
}

/** A blob, or the part of it that was asked for, while it is read. Destroy the stream when it is not read to its end. */
export interface ReadBlob {
  stream: Readable;
  /** Of the whole blob. */
  bytes: number;
}

/**
 * Where large values are kept, by ids that are made by `newId()` and never used twice. Whoever implements it passes
 * `blob-storage.conformance.ts`. What an operation throws beyond what it says means that the storage cannot be used at the moment.
 */
export abstract class BlobStorage {
  /**
   * Keeps bytes under an id. Resolves once they are durable: neither a crash of the process nor of its machine loses them
   * from then on. Until then `get` finds nothing, never a part. Doing it again with the same bytes changes nothing.
   */
  abstract put(id: string, bytes: Uint8Array): Promise<void>;

  /**
   * Keeps what a source brings, as `put` does, with a bounded amount of it in memory. When the source fails or brings too much,
   * it is ended, and nothing is left.
   * @throws BlobTooLargeError after more than `maxBytes`; whatever the source throws
   */
  abstract write(id: string, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<WrittenBlob>;

  /**
   * What is kept under an id.
   * @throws BlobMissingError
   */
  abstract get(id: string): Promise<Buffer>;

  /**
   * What is kept under an id, or a part of it, as a stream that goes at the pace of its reader.
   * @throws BlobMissingError, BlobRangeError
   */
  abstract read(id: string, range?: BlobRange): Promise<ReadBlob>;

  /** Removes what is kept under an id, also what an unfinished `put` has left. Resolves when there was nothing, too. */
  abstract delete(id: string): Promise<void>;

  /** Rejects while the storage cannot be used. */
  abstract check(): Promise<void>;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Where a blob is within its storage: the last two digits of its id, a slash, the id. Every storage has the same places, so that
 * a folder can be copied into a bucket as it is; only an id leads to one, and nothing that could name another.
 * @throws Error when it is no id
 */
export function placeOf(id: string): { folder: string; name: string } {
  if (!UUID.test(id)) throw new Error(`${JSON.stringify(id)} is not the id of a blob.`);
  return { folder: id.slice(-2), name: id };
}

/** Nothing is kept under an id. */
export class BlobMissingError extends Error {
  constructor(id: string) {
    super(`Blob ${id} is not in the storage.`);
    this.name = 'BlobMissingError';
  }
}

/** A source brought more than it may. */
export class BlobTooLargeError extends Error {
  constructor(readonly maxBytes: number) {
    super(`A blob has more than ${maxBytes} bytes.`);
    this.name = 'BlobTooLargeError';
  }
}

/** A part was asked for that begins after the end of its blob. */
export class BlobRangeError extends Error {
  constructor(id: string, { from }: BlobRange) {
    super(`Blob ${id} ends before byte ${from}.`);
    this.name = 'BlobRangeError';
  }
}
