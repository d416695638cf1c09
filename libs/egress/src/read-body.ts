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

/** What is to be known of an answer before its body is read. */
export interface BodyFacts {
  host: string;
  /** Of the request: an answer to HEAD has the headers of a body and none. */
  method: string;
  headers: Readonly<Record<string, string>>;
  /** Most bytes, counted as they come and once more decompressed. */
  maxBytes: number;
}

/**
 * A body read whole and decompressed. A coding that we do not know leaves it as it is. Stops reading, and with it the
 * connection, as soon as there are too many bytes on either side.
 * @throws EgressError RESPONSE_TOO_LARGE, HTTP_INTERRUPTED when it is not what its Content-Encoding says
 */
export async function readBody(body: Readable, facts: BodyFacts): Promise<Buffer> {
  const { host, method, headers, maxBytes } = facts;
  if (method !== 'HEAD' && Number(headers['content-length'] ?? 0) > maxBytes) {
    // The error that undici makes of it goes to nobody.
    body.on('error', () => undefined).destroy();
    throw tooLarge(facts);
  }
  const sent = await collect(body, facts);
  const codings = codingsOf(headers['content-encoding'] ?? '');
  if (sent.length === 0 || codings.length === 0) return sent;
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
    if (size > facts.maxBytes) throw tooLarge(facts);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge({ host, maxBytes }: BodyFacts): EgressError {
  return new EgressError('RESPONSE_TOO_LARGE', `The answer of ${host} is larger than ${maxBytes} bytes.`, true);
}
