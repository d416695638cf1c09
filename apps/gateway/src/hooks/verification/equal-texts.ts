import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares two texts in a time that tells nothing about them, their lengths included. */
export function equalTexts(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
