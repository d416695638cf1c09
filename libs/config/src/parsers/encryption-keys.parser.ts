import type { Parser } from './parser.js';

/** A key of the ring: 256 bits, and the name that ciphertexts carry so that the right key is found again. */
export interface EncryptionKey {
  id: string;
  key: Buffer;
}

const ENTRY = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=?)$/;

/** A ring of keys, `id:base64,id:base64`. Ids are unique. */
export const encryptionKeys: Parser<EncryptionKey[]> = {
  expects: 'comma-separated id:key pairs, each key 32 bytes in base64, ids unique',
  parse: (text) => {
    const ring = new Map<string, Buffer>();
    const entries = text.split(',').map((entry) => entry.trim());
    for (const entry of entries) {
      const [, id, encoded] = ENTRY.exec(entry) ?? [];
      if (id === undefined || encoded === undefined) return undefined;
      ring.set(id, Buffer.from(encoded, 'base64'));
    }
    if (ring.size < entries.length) return undefined;
    return [...ring].map(([id, key]) => ({ id, key }));
  },
  write: (keys) => keys.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(','),
};
