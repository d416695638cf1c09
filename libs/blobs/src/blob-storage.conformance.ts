import { newId } from '@app/contracts';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BlobMissingError, type BlobStorage } from './blob-storage.js';

/**
 * What every blob storage does.
 * @param open makes another instance on the same storage, as another process would have it
 */
export function blobStorageConformance(name: string, open: () => BlobStorage): void {
  describe(`${name} is a blob storage`, () => {
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

    it.each(['', '..', '../../etc/passwd', 'a/b', `${newId()}/..`, `${newId()}.part`, newId().toUpperCase() + '\0'])(
      'takes %j for no id',
      async (id) => {
        const storage = open();
        await expect(storage.put(id, Buffer.from('x'))).rejects.toThrow('is not the id of a blob');
        await expect(storage.get(id)).rejects.toThrow('is not the id of a blob');
        await expect(storage.delete(id)).rejects.toThrow('is not the id of a blob');
      },
    );
  });
}
