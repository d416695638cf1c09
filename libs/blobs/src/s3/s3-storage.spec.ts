import { S3Config } from '@app/config';
import { newId } from '@app/contracts';
import { TestS3Server } from '@app/testing';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { blobStorageConformance } from '../blob-storage.conformance.js';
import { BlobMissingError } from '../blob-storage.js';
import { S3Storage } from './s3-storage.js';

let server: TestS3Server;
beforeAll(async () => {
  server = await TestS3Server.start();
});
afterAll(() => server.stop());
afterEach(() => {
  server.behaviour = 'answer';
  server.requests.length = 0;
});

function storage(changes: Partial<S3Config> = {}): S3Storage {
  const { endpoint, bucket, credentials } = server;
  const config = {
    ...new S3Config(),
    endpoint,
    bucket,
    ...credentials,
    pathStyle: true,
    prefix: 'values/',
    ...changes,
  };
  return new S3Storage({ ...config, bucket: config.bucket ?? bucket });
}

blobStorageConformance('a bucket of S3', storage);

describe('S3Storage', () => {
  it('keeps everything under its prefix, where a folder would keep it', async () => {
    const id = newId();
    await storage().put(id, Buffer.from('x'));
    expect(server.requests).toEqual([expect.stringMatching(`^PUT /${server.bucket}/values/${id.slice(-2)}/${id}\\?`)]);
    await expect(storage({ prefix: 'others/' }).get(id)).rejects.toThrow(BlobMissingError);
    await storage({ prefix: 'others/' }).delete(id);
    expect((await storage().get(id)).toString()).toBe('x');
  });

  it('gives an upload up that it has begun and cannot end', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      for (let i = 0; i < 20; i += 1) yield Buffer.alloc(1_048_576);
      throw new Error('the sender is gone');
    }
    await expect(storage().write(newId(), failing(), 2 ** 40)).rejects.toThrow('the sender is gone');
    expect(server.requests.at(-1)).toMatch(/^DELETE .*[?&]uploadId=/);
  });

  it('takes no bucket that is missing for a blob that is', async () => {
    const elsewhere = storage({ bucket: 'not-there' });
    const works = [() => elsewhere.get(newId()), () => elsewhere.read(newId()), () => elsewhere.check()];
    for (const work of works) {
      const error: unknown = await (work() as Promise<unknown>).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(BlobMissingError);
    }
  });

  it('shows no credentials in what it throws', async () => {
    const error: unknown = await storage({ accessKeyId: 'unknown', secretAccessKey: 'very secret' })
      .check()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).not.toContain('secret');
  });

  it('tries again a few times, and then says that it cannot be used', async () => {
    server.behaviour = 'unavailable';
    await expect(storage().put(newId(), Buffer.from('x'))).rejects.toThrow();
    expect(server.requests).toHaveLength(3);
  });

  it('waits no longer than it may for an answer, or for the rest of one', async () => {
    const impatient = storage({ timeoutMs: 150 });
    const id = newId();
    await impatient.put(id, Buffer.from('x'));
    server.behaviour = 'silent';
    await expect(impatient.put(id, Buffer.from('x'))).rejects.toThrow();
    await expect(impatient.get(id)).rejects.toThrow();
    await expect(impatient.delete(id)).rejects.toThrow();
    await expect(impatient.check()).rejects.toThrow();
    server.behaviour = 'stall';
    await expect(impatient.get(id)).rejects.toThrow();
    const { stream } = await impatient.read(id);
    await expect(buffer(stream)).rejects.toThrow();
    server.behaviour = 'answer';
    expect((await impatient.get(id)).toString()).toBe('x');
  });

  it('goes at the pace of a reader who takes longer than an answer may', async () => {
    const impatient = storage({ timeoutMs: 150 });
    const [id, bytes] = [newId(), randomBytes(8 * 1_048_576)];
    await storage().put(id, bytes);
    const { stream } = await impatient.read(id);
    const chunks = stream.iterator() as AsyncIterableIterator<Buffer>;
    let length = (await chunks.next()).value?.length ?? 0;
    // There is nothing to wait for: that time passes is what is tested.
    await setTimeout(400);
    for await (const chunk of chunks) length += chunk.length;
    expect(length).toBe(bytes.length);
  });
});
