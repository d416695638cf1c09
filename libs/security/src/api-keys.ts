import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What every API key begins with: tells it from an access token, and secret scanners what they have found. */
export const API_KEY_MARK = 'bio_';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const NAME_LENGTH = 8;
/** 62^43 is a little more than 2^256. */
const SECRET_LENGTH = 43;
/** 62^6 is more than 2^32. */
const CHECKSUM_LENGTH = 6;

const API_KEY = new RegExp(
  `^${API_KEY_MARK}[${DIGITS}]{${NAME_LENGTH}}_[${DIGITS}]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`,
);

/** A key as it is shown once, and what may be shown of it for ever. */
export interface NewApiKey {
  key: string;
  /** `bio_` and the next eight characters: no part of the secret. */
  prefix: string;
}

/**
 * A fresh API key: `bio_`, 8 characters that people recognise it by, `_`, 256 random bits in 43 characters, and the
 * CRC-32 (RFC 1952 §8) of all before it in 6; base 62, so that a double click selects the whole. The checksum is no
 * proof of anything: it tells a typo, or a find of a secret scanner, from a key without asking anybody.
 */
export function newApiKey(): NewApiKey {
  const prefix = `${API_KEY_MARK}${digits(randomBytes(6), NAME_LENGTH)}`;
  const unchecked = `${prefix}_${digits(randomBytes(32), SECRET_LENGTH)}`;
  return { key: `${unchecked}${checksumOf(unchecked)}`, prefix };
}

/** Whether a text has the form of an API key and its checksum is right: only then it is worth looking it up. */
export function isApiKey(text: string): boolean {
  return API_KEY.test(text) && checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

function checksumOf(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return digits(bytes, CHECKSUM_LENGTH);
}

/** The bytes as one number in base 62, with zeros in front up to `length`; higher digits than fit are left out. */
function digits(bytes: Buffer, length: number): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let i = 0; i < length; i++) {
    text = `${DIGITS.charAt(Number(rest % 62n))}${text}`;
    rest /= 62n;
  }
  return text;
}
