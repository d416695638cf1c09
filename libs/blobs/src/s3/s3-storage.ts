import type { S3Config } from '@app/config';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  NoSuchKey,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
  type GetObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { buffer } from 'node:stream/consumers';
import {
  BlobMissingError,
  BlobRangeError,
  BlobStorage,
  placeOf,
  type BlobRange,
  type ReadBlob,
  type WrittenBlob,
} from '../blob-storage.js';
import { MeasuredSource } from '../measured-source.js';
import { atReadersPace, bodyOf } from './body-stream.js';
import { inParts } from './parts.js';
import { s3Client } from './s3-client.js';

/** Bytes of a part, and so of what is in memory of a blob that is written. S3 wants 5 MiB at least, and 10,000 of them at most. */
const PART_BYTES = 8 * 1_048_576;

interface ObjectName {
  Bucket: string;
  Key: string;
}

/**
 * Keeps blobs as objects of a bucket, which any number of machines share. An object appears whole or not at all, and is
 * durable once S3 has acknowledged it.
 */
export class S3Storage extends BlobStorage {
  private readonly client: S3Client;

  constructor(private readonly config: S3Config & { bucket: string }) {
    super();
    this.client = s3Client(config);
  }

  override async put(id: string, bytes: Uint8Array): Promise<void> {
    await this.putObject(this.nameOf(id), bytes);
  }

  /** What fits into one part is one request; else it is uploaded in parts, of which S3 shows nothing until all are there. */
  override async write(id: string, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<WrittenBlob> {
    const name = this.nameOf(id);
    const measured = new MeasuredSource(source, maxBytes);
    const parts = inParts(measured, PART_BYTES);
    try {
      const { value: first = Buffer.alloc(0) } = (await parts.next()) as IteratorResult<Buffer, undefined>;
      const second = await parts.next();
      if (second.done === true) await this.putObject(name, first);
      else await this.upload(name, [first, second.value], parts);
    } finally {
      await parts.return();
    }
    return measured.measured();
  }

  override async get(id: string): Promise<Buffer> {
    const signal = this.deadline();
    const { Body } = await this.getObject(id, {}, signal);
    return buffer(bodyOf(Body));
  }

  override async read(id: string, range?: BlobRange): Promise<ReadBlob> {
    const wanted = range === undefined ? {} : { Range: `bytes=${range.from}-${range.to ?? ''}` };
    const { timeoutMs } = this.config;
    // Only until the answer begins: the deadline of the others would end its body too.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    const { Body, ContentRange, ContentLength } = await this.getObject(id, wanted, late.signal)
      .catch((error: unknown) => {
        throw range !== undefined && nameOf(error) === 'InvalidRange' ? new BlobRangeError(id, range) : error;
      })
      .finally(() => clearTimeout(timer));
    const bytes = Number(ContentRange?.split('/')[1] ?? ContentLength);
    return { stream: atReadersPace(bodyOf(Body), timeoutMs), bytes };
  }

  override async delete(id: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.nameOf(id)), { abortSignal: this.deadline() });
  }

  override async check(): Promise<void> {
    await this.client.send(new HeadBucketCommand({ Bucket: this.config.bucket }), { abortSignal: this.deadline() });
  }

  private async putObject(name: ObjectName, bytes: Uint8Array): Promise<void> {
    const command = new PutObjectCommand({ ...name, Body: bytes, ContentType: 'application/octet-stream' });
    await this.client.send(command, { abortSignal: this.deadline() });
  }

  private async upload(name: ObjectName, begun: readonly Buffer[], rest: AsyncIterable<Buffer>): Promise<void> {
    const create = new CreateMultipartUploadCommand({ ...name, ContentType: 'application/octet-stream' });
    const { UploadId } = await this.client.send(create, { abortSignal: this.deadline() });
    const upload = { ...name, UploadId };
    try {
      const parts: CompletedPart[] = [];
      const add = async (bytes: Buffer): Promise<void> => {
        const part = { PartNumber: parts.length + 1 };
        const command = new UploadPartCommand({ ...upload, ...part, Body: bytes });
        const { ETag } = await this.client.send(command, { abortSignal: this.deadline() });
        parts.push({ ...part, ETag });
      };
      for (const bytes of begun) await add(bytes);
      for await (const bytes of rest) await add(bytes);
      const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } });
      await this.client.send(complete, { abortSignal: this.deadline() });
    } catch (error) {
      // What cannot be given up now, or was begun by a process that was killed, is ended by a rule of the bucket.
      const abort = new AbortMultipartUploadCommand(upload);
      await this.client.send(abort, { abortSignal: this.deadline() }).catch(() => undefined);
      throw error;
    }
  }

  private async getObject(id: string, range: { Range?: string }, signal: AbortSignal): Promise<GetObjectCommandOutput> {
    try {
      return await this.client.send(new GetObjectCommand({ ...this.nameOf(id), ...range }), { abortSignal: signal });
    } catch (error) {
      throw error instanceof NoSuchKey ? new BlobMissingError(id) : error;
    }
  }

  private nameOf(id: string): ObjectName {
    const { folder, name } = placeOf(id);
    return { Bucket: this.config.bucket, Key: `${this.config.prefix}${folder}/${name}` };
  }

  private deadline(): AbortSignal {
    return AbortSignal.timeout(this.config.timeoutMs);
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
