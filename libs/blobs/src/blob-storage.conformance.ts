import { newId } from '@app/contracts';
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import {
  BlobMissingError,
  BlobRangeError,
  BlobTooLargeError,
  type BlobRange,
  type BlobStorage,
} from './blob-storage.js';

/** More than a storage keeps in memory, in bytes: it comes in pieces of no particular size. */
const LARGE = 17 * 1_048_576;
/** What a large one may take on a machine that has much else to do. */
const PATIENCE = { timeout: 60_000 };

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function partOf(storage: BlobStorage, id: string, range?: BlobRange): Promise<{ part: Buffer; bytes: number }> {
  const { stream, bytes } = await storage.read(id, range);
  return { part: await buffer(stream), bytes };
}

/**
 * What every blob storage does.
 * @param open makes another instance on the same storage, as another process would have it
 */
export function blobStorageConformance(name: string, open: () => BlobStorage): void {
  describe(`${name} is a blob storage`, PATIENCE, () => {
    it('gives back what was put, to every process', async () => {
      const [id, bytes] = [newId(), randomBytes(1_048_576)];
      await open().put(id, bytes);
      expect((await open().get(id)).equals(bytes)).toBe(true);
    });

    it('keeps no bytes, and bytes that are no text', async () => {
      const [empty, odd] = [newId(), newId()];
      const storage = open();
      await storage.put(empty, Buffer.alloc(0));
      await storage.put(odd, Uint8Array.of(0, 255, 0xd8, 0x00));
      expect((await storage.get(empty)).length).toBe(0);
      expect([...(await storage.get(odd))]).toEqual([0, 255, 0xd8, 0x00]);
    });

    it('takes the same blob again, one after the other', async () => {
      const [id, bytes] = [newId(), randomBytes(100)];
      await open().put(id, bytes);
      await open().put(id, bytes);
      expect((await open().get(id)).equals(bytes)).toBe(true);
    });

    it('says that something is missing, before it was put and after it was deleted', async () => {
      const id = newId();
      await expect(open().get(id)).rejects.toThrow(BlobMissingError);
      await open().put(id, randomBytes(10));
      await open().delete(id);
      await expect(open().get(id)).rejects.toThrow(BlobMissingError);
    });

    it('deletes what is not there, and only what it was asked to', async () => {
      const [kept, gone] = [newId(), newId()];
      const storage = open();
      await storage.put(kept, randomBytes(10));
      await storage.put(gone, randomBytes(10));
      await storage.delete(newId());
      await storage.delete(gone);
      await storage.delete(gone);
      expect((await storage.get(kept)).length).toBe(10);
    });

    it('keeps many that are put at once apart', async () => {
      const blobs = Array.from({ length: 50 }, () => ({ id: newId(), bytes: randomBytes(200) }));
      const storage = open();
      await Promise.all(blobs.map(({ id, bytes }) => storage.put(id, bytes)));
      const read = await Promise.all(blobs.map(({ id }) => storage.get(id)));
      expect(read.map((bytes, i) => blobs[i]?.bytes.equals(bytes))).toEqual(blobs.map(() => true));
    });

    it.each([0, 1, 5_000_000, LARGE])('writes a stream of %d bytes, and says what it was', async (size) => {
      const [id, bytes] = [newId(), randomBytes(size)];
      const written = await open().write(id, inPieces(bytes, 77_777), LARGE);
      expect(written).toEqual({ bytes: size, sha256: createHash('sha256').update(bytes).digest('hex') });
      expect((await open().get(id)).equals(bytes)).toBe(true);
      expect((await partOf(open(), id)).part.equals(bytes)).toBe(true);
    });

    it.each([1_000, LARGE])('ends a stream with more than %d bytes, and leaves nothing of it', async (most) => {
      const id = newId();
      const source = new Readable({ read: () => void source.push(Buffer.alloc(50_000)) });
      await expect(open().write(id, source, most)).rejects.toThrow(BlobTooLargeError);
      expect(source.destroyed).toBe(true);
      await expect(open().get(id)).rejects.toThrow(BlobMissingError);
      const anew = randomBytes(10);
      await open().write(id, inPieces(anew, 3), 10);
      expect((await open().get(id)).equals(anew)).toBe(true);
    });

    it.each([1_000, LARGE])('leaves nothing of a stream that fails after %d bytes', async (size) => {
      const id = newId();
      async function* failing(): AsyncGenerator<Buffer> {
        yield* inPieces(Buffer.alloc(size), 100_000);
        throw new Error('the sender is gone');
      }
      await expect(open().write(id, failing(), 2 * LARGE)).rejects.toThrow('the sender is gone');
      await expect(open().get(id)).rejects.toThrow(BlobMissingError);
    });

    it('shows nothing of a stream before its end', async () => {
      const id = newId();
      const storage = open();
      let seen: unknown;
      async function* watched(): AsyncGenerator<Buffer> {
        yield* inPieces(Buffer.alloc(LARGE), 1_048_576);
        seen = await storage.get(id).catch((error: unknown) => error);
      }
      await storage.write(id, watched(), LARGE);
      expect(seen).toBeInstanceOf(BlobMissingError);
    });

    it('reads parts', async () => {
      const [id, bytes] = [newId(), randomBytes(1_000)];
      const storage = open();
      await storage.put(id, bytes);
      const ranges: [BlobRange, Buffer][] = [
        [{ from: 0 }, bytes],
        [{ from: 0, to: 1 }, bytes.subarray(0, 2)],
        [{ from: 5, to: 5 }, bytes.subarray(5, 6)],
        [{ from: 10, to: 19 }, bytes.subarray(10, 20)],
        [{ from: 990 }, bytes.subarray(990)],
        [{ from: 999, to: 5_000 }, bytes.subarray(999)],
      ];
      for (const [range, expected] of ranges) {
        const { part, bytes: whole } = await partOf(storage, id, range);
        expect([part.equals(expected), whole], JSON.stringify(range)).toEqual([true, 1_000]);
      }
    });

    it('says that a part is past the end, and that something is missing', async () => {
      const [id, missing] = [newId(), newId()];
      const storage = open();
      await storage.put(id, randomBytes(10));
      await expect(storage.read(id, { from: 10 })).rejects.toThrow(BlobRangeError);
      await expect(storage.read(missing)).rejects.toThrow(BlobMissingError);
      await expect(storage.read(missing, { from: 1 })).rejects.toThrow(BlobMissingError);
    });

    it('goes on after a reader that leaves', async () => {
      const [id, bytes] = [newId(), randomBytes(5_000_000)];
      const storage = open();
      await storage.put(id, bytes);
      for (let reader = 0; reader < 60; reader += 1) (await storage.read(id)).stream.destroy();
      expect((await storage.get(id)).equals(bytes)).toBe(true);
    });

    it('can be used', async () => {
      await expect(open().check()).resolves.toBeUndefined();
    });

    it.each(['', '..', '../../etc/passwd', 'a/b', `${newId()}/..`, `${newId()}.part`, newId().toUpperCase() + '\0'])(
      'takes %j for no id',
      async (id) => {
        const storage = open();
        await expect(storage.put(id, Buffer.from('x'))).rejects.toThrow('is not the id of a blob');
        await expect(storage.write(id, inPieces(Buffer.from('x'), 1), 1)).rejects.toThrow('is not the id of a blob');
        await expect(storage.get(id)).rejects.toThrow('is not the id of a blob');
        await expect(storage.read(id)).rejects.toThrow('is not the id of a blob');
        await expect(storage.delete(id)).rejects.toThrow('is not the id of a blob');
      },
    );
  });
}
