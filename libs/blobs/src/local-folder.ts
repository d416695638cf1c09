import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobMissingError, BlobStorage } from './blob-storage.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

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

  /** Written beside its place and renamed, so that a file that is there is whole; then the folder's entry is synced. */
  override async put(id: string, bytes: Uint8Array): Promise<void> {
    const { folder, file, part } = this.placeOf(id);
    await this.makeFolder(folder);
    const handle = await open(part, 'w', FILE_MODE);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
    await syncFolder(folder);
  }

  override async get(id: string): Promise<Buffer> {
    try {
      return await readFile(this.placeOf(id).file);
    } catch (error) {
      throw isMissing(error) ? new BlobMissingError(id) : error;
    }
  }

  override async delete(id: string): Promise<void> {
    const { folder, file, part } = this.placeOf(id);
    await rm(part, { force: true });
    await rm(file, { force: true });
    // Nobody knows of the file any more once its row is gone: it must not come back with a crash of the machine.
    await syncFolder(folder).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  /** Only an id leads to a place: nothing that could name another one. */
  private placeOf(id: string): { folder: string; file: string; part: string } {
    if (!UUID.test(id)) throw new Error(`${JSON.stringify(id)} is not the id of a blob.`);
    const folder = join(this.folder, id.slice(-2));
    const file = join(folder, id);
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

function isMissing(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'code') === 'ENOENT';
}
