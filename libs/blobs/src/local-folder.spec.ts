import { newId } from '@app/contracts';
import { temporaryFolder } from '@app/testing';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BlobMissingError } from './blob-storage.js';
import { blobStorageConformance } from './blob-storage.conformance.js';
import { LocalFolder } from './local-folder.js';

const parent = temporaryFolder('blobs');
const folder = join(parent.path, 'made', 'when needed');
afterAll(() => parent.remove());

blobStorageConformance('a local folder', () => new LocalFolder(folder));

describe('LocalFolder', () => {
  const storage = new LocalFolder(folder);
  let id: string;
  let shard: string;
  beforeAll(async () => {
    id = newId();
    shard = join(folder, id.slice(-2));
    await storage.put(id, Buffer.from('secret'));
  });

  it('lets nobody else of the machine read it', () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(shard).mode & 0o777).toBe(0o700);
    expect(statSync(join(shard, id)).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing but the blob behind', () => {
    expect(readdirSync(shard).filter((name) => name.startsWith(id))).toEqual([id]);
  });

  it('shows nothing of a blob that was written in part, puts it anew, and deletes what is left of one', async () => {
    const [again, gone] = [newId(), newId()];
    for (const unfinished of [again, gone]) {
      mkdirSync(join(folder, unfinished.slice(-2)), { recursive: true });
      writeFileSync(join(folder, unfinished.slice(-2), `${unfinished}.part`), 'longer than what comes then');
      await expect(storage.get(unfinished)).rejects.toThrow(BlobMissingError);
    }
    await storage.put(again, Buffer.from('whole'));
    expect((await storage.get(again)).toString()).toBe('whole');
    await storage.delete(gone);
    expect(readdirSync(join(folder, gone.slice(-2)))).not.toContain(`${gone}.part`);
  });

  it('reads the first byte alone', async () => {
    const { stream } = await storage.read(id, { from: 0, to: 0 });
    expect(await text(stream)).toBe('s');
  });

  it('says what is wrong with the folder, instead of that a blob is missing', async () => {
    writeFileSync(join(parent.path, 'file'), '');
    const broken = new LocalFolder(join(parent.path, 'file'));
    await expect(broken.put(newId(), Buffer.from('x'))).rejects.toThrow(/ENOTDIR|EEXIST/);
    await expect(broken.get(newId())).rejects.toThrow('ENOTDIR');
    await expect(broken.check()).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});
