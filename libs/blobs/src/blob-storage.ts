/**
 * Where large values are kept, by ids that are made by `newId()` and never used twice. Whoever implements it passes
 * `blob-storage.conformance.ts`.
 */
export abstract class BlobStorage {
  /**
   * Keeps bytes under an id. Resolves once they are durable: neither a crash of the process nor of its machine loses them
   * from then on. Until then `get` finds nothing, never a part. Doing it again with the same bytes changes nothing.
   */
  abstract put(id: string, bytes: Uint8Array): Promise<void>;

  /**
   * What is kept under an id.
   * @throws BlobMissingError
   */
  abstract get(id: string): Promise<Buffer>;

  /** Removes what is kept under an id, also what an unfinished `put` has left. Resolves when there was nothing, too. */
  abstract delete(id: string): Promise<void>;
}

/** Nothing is kept under an id. */
export class BlobMissingError extends Error {
  constructor(id: string) {
    super(`Blob ${id} is not in the storage.`);
    this.name = 'BlobMissingError';
  }
}
