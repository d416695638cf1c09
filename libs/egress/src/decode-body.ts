import { Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { EgressError } from './egress.error.js';

/** A client that takes any number of codings lets a receiver stack them up. */
const MAX_CODINGS = 3;

/** How each content coding is undone (RFC 9110 §8.4.1). */
const decoders: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
]);

/** What is to be known of an answer before its body is decompressed. */
export interface BodyFacts {
  host: string;
  headers: Readonly<Record<string, string>>;
  /** Most bytes. */
  maxBytes: number;
}

/**
 * A body as it was before it was compressed. A coding that we do not know leaves it as it is. Stops as soon as there are too
 * many bytes.
 * @returns at once what is not compressed
 * @throws EgressError RESPONSE_TOO_LARGE, HTTP_INTERRUPTED when it is not what its Content-Encoding says
 */
export function decodeBody(sent: Buffer, facts: BodyFacts): Buffer | Promise<Buffer> {
  const coding = facts.headers['content-encoding'];
  if (coding === undefined || sent.length === 0) return sent;
  const codings = codingsOf(coding);
  return codings.length === 0 ? sent : decompressed(sent, codings, facts);
}

async function decompressed(sent: Buffer, codings: readonly (() => Transform)[], facts: BodyFacts): Promise<Buffer> {
  const { host } = facts;
  try {
    let bytes = sent;
    for (const decoder of codings) bytes = await collect(decoded(bytes, decoder()), facts);
    return bytes;
  } catch (error) {
    if (error instanceof EgressError) throw error;
    const message = `The answer of ${host} is not what its Content-Encoding says.`;
    throw new EgressError('HTTP_INTERRUPTED', message, true, { cause: error });
  }
}

/** The decoders in the order in which they undo what was done; none when one of the codings is not known. */
function codingsOf(header: string): (() => Transform)[] {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const known = names.filter((name) => name !== '' && name !== 'identity').map((name) => decoders.get(name));
  const usable = known.filter((decoder) => decoder !== undefined);
  return usable.length === known.length && known.length <= MAX_CODINGS ? usable.reverse() : [];
}

function decoded(bytes: Buffer, decoder: Transform): Readable {
  decoder.end(bytes);
  return decoder;
}

async function collect(stream: Readable, facts: BodyFacts): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the stream.
    if (size > facts.maxBytes) throw tooLarge(facts.host, facts.maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An answer with too many bytes, as they came or decompressed. */
export function tooLarge(host: string, maxBytes: number): EgressError {
  return new EgressError('RESPONSE_TOO_LARGE', `The answer of ${host} is larger than ${maxBytes} bytes.`, true);
}
