import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const STREAMED = 'streamed';

/** Longest time of an answer that takes as long as its reader, in ms. */
export const STREAMED_FOR_MS = 3_600_000;

/** For routes whose answer comes in pieces: SERVER_WRITE_TIMEOUT, which is for the whole of an answer, does not cut it. */
export function Streamed(): CustomDecorator {
  return SetMetadata(STREAMED, true);
}
