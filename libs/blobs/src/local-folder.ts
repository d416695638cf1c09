import { access, constants, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BlobMissingError,
  BlobRangeError,
  BlobStorage,
  placeOf,
  type BlobRange,
  type ReadBlob,
  type WrittenBlob,
} from './blob-storage.js';
import { MeasuredSource } from './measured-source.js';

/** Blobs of one process's user and nobody else's. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * Keeps blobs as files in a folder of this machine, or of a volume that all processes share. 256 folders inside it, named
 * by the last two digits of the ids, keep each of them small.
 */
export class LocalFolder extends BlobStorage {
  constructor(
    /** Made when it is missing. */
    readonly folder: string,
  ) {
    super();
  }

  override async put(id: string, bytes: Uint8Array): Promise<void> {
    await this.keep(id, [bytes]);
  }

  override async write(id: string, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<WrittenBlob> {
    const measured = new MeasuredSource(source, maxBytes);
    try {
      await this.keep(id, measured);
    } catch (error) {
      await rm(this.pathsOf(id).part, { force: true }).catch(() => undefined);
      throw error;
    }
    return measured.measured();
  }

  override async get(id: string): Promise<Buffer> {
    const { file } = this.pathsOf(id);
    return orMissing(id, () => readFile(file));
  }

  override async read(id: string, range: BlobRange = { from: 0 }): Promise<ReadBlob> {
    const { file } = this.pathsOf(id);
    const handle = await orMissing(id, () => open(file, 'r'));
    try {
      const { size } = await handle.stat();
      const { from, to = size - 1 } = range;
      if (from > 0 && from >= size) throw new BlobRangeError(id, range);
      // An end before its start is none to Node.js: nothing is read of a file that is empty.
      const end = Math.min(to, size - 1);
      const stream = handle.createReadStream(end < from ? { start: from } : { start: from, end });
      return { stream, bytes: size };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  override async delete(id: string): Promise<void> {
    const { folder, file, part } = this.pathsOf(id);
    await rm(part, { force: true });
    await rm(file, { force: true });
    // Nobody knows of the file any more once its row is gone: it must not come back with a crash of the machine.
    await syncFolder(folder).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  override async check(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: FOLDER_MODE });
    await access(this.folder, constants.R_OK | constants.W_OK);
  }

  /** Written beside its place and renamed, so that a file that is there is whole; then the folder's entry is synced. */
  private async keep(id: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> {
    const { folder, file, part } = this.pathsOf(id);
    await this.makeFolder(folder);
    const handle = await open(part, 'w', FILE_MODE);
    try {
      for await (const chunk of chunks) await handle.writeFile(chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
    await syncFolder(folder);
  }

  private pathsOf(id: string): { folder: string; file: string; part: string } {
    const place = placeOf(id);
    const folder = join(this.folder, place.folder);
    const file = join(folder, place.name);
    return { folder, file, part: `${file}.part` };
  }

  private async makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    if (first === undefined) return;
    await syncFolder(this.folder);
    if (first === this.folder) await syncFolder(join(this.folder, '..'));
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function orMissing<T>(id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isMissing(error) ? new BlobMissingError(id) : error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'ENOENT';
}
