import { Readable } from 'node:stream';

/** The body of an answer. @throws Error when it has none */
export function bodyOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  throw new Error('S3 answered without a body.');
}

/**
 * The same bytes at the pace of whoever reads them. It fails when nothing comes for so long although more is wanted; how long the
 * whole takes, and how long its reader does something else, does not count.
 */
export function atReadersPace(body: Readable, mostStillMs: number): Readable {
  const stream = Readable.from(whileItComes(body, mostStillMs), { objectMode: false });
  // A reader who leaves while nothing comes.
  return stream.once('close', () => body.destroy());
}

async function* whileItComes(body: Readable, mostStillMs: number): AsyncGenerator<Buffer, void> {
  const wait = (): NodeJS.Timeout =>
    setTimeout(() => body.destroy(new Error(`S3 has sent nothing for ${mostStillMs} ms.`)), mostStillMs);
  let waiting = wait();
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      clearTimeout(waiting);
      yield chunk;
      waiting = wait();
    }
  } finally {
    clearTimeout(waiting);
  }
}
