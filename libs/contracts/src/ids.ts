/**
 * Ids are UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, then a counter and random bits, so that rows
 * made one after the other are neighbours in an index and a range of ids is a range of time.
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const COUNTER_LIMIT = 0x1000;

let clockOffsetMs = 0;
let lastMs = 0;
let counter = 0;
let pool = new Uint8Array(0);
let poolAt = 0;

/**
 * Corrects the clock that ids are made with, so that replicas with wrong clocks still make ids in database order.
 * Call once at start, before the first `newId()` that matters.
 * @param databaseNowMs the database's clock, in milliseconds since 1970
 */
export function correctIdClock(databaseNowMs: number): void {
  clockOffsetMs = Math.round(databaseNowMs - Date.now());
}

/**
 * A fresh UUIDv7 in lower-case text form. Strictly increasing within one process, also when the clock stands still
 * or steps back (RFC 9562 §6.2, method 1: the 12 bits after the version are a counter).
 */
export function newId(): string {
  const nowMs = Date.now() + clockOffsetMs;
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else if (++counter >= COUNTER_LIMIT) {
    lastMs += 1;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const random = randomHex();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${random.slice(0, 4)}-${random.slice(4)}`;
}

/** The smallest possible id made at `ms` (milliseconds since 1970): a lower bound for a range of time. */
export function firstIdAt(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/** The time an id was made, in milliseconds since 1970. Meaningless for an id that is not a UUIDv7. */
export function idTime(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** Whether a text is a UUID in the lower-case form this platform uses. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && UUID.test(text);
}

/** 64 bits as 16 hex digits, the first two of them the variant. Drawn from a pool: a system call per id is slow. */
function randomHex(): string {
  if (poolAt >= pool.length) {
    pool = globalThis.crypto.getRandomValues(new Uint8Array(2048));
    poolAt = 0;
  }
  let hex = '';
  for (let i = 0; i < 8; i++) {
    const byte = pool[poolAt++] ?? 0;
    hex += (i === 0 ? (byte & 0x3f) | 0x80 : byte).toString(16).padStart(2, '0');
  }
  return hex;
}
