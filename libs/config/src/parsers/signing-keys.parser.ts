import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Parser } from './parser.js';
import { readJwk, toEs256Key, type Es256Key } from './es256-key.js';

const PEM_BLOCK = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g;

/**
 * The keys that access tokens are signed and verified with: JSON Web Keys (RFC 7517: one, a list, or a set) or PEM
 * blocks one after the other, all for ES256. The first is private. Ids are unique.
 */
export const signingKeys: Parser<Es256Key[]> = {
  expects:
    'P-256 keys as JSON Web Keys or PEM blocks, the first one private, ids unique, none for anything but signing with ES256',
  parse: (text) => {
    const keys = text.trimStart().startsWith('-----') ? readPemBlocks(text) : readJwks(text);
    if (keys === undefined || keys[0]?.privateKey === undefined) return undefined;
    return new Set(keys.map(({ id }) => id)).size === keys.length ? keys : undefined;
  },
  write: (keys) => (keys.length === 0 ? '' : JSON.stringify({ keys: keys.map(toJwk) })),
};

function readJwks(text: string): Es256Key[] | undefined {
  const document = parsed(text);
  const list: unknown[] = Array.isArray(document) ? document : isSet(document) ? document.keys : [document];
  const keys = list.map(readJwk);
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

/** In a variable, a line break may be written as `\n`. */
function readPemBlocks(text: string): Es256Key[] | undefined {
  const lines = text.replaceAll('\\n', '\n');
  // Anything but blocks and blanks is a mistake: a block that lost its last line must not go unnoticed.
  if (lines.replaceAll(PEM_BLOCK, '').trim() !== '') return undefined;
  const keys = [...lines.matchAll(PEM_BLOCK)].map(([block, label]) => readPem(block, label ?? ''));
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function readPem(block: string, label: string): Es256Key | undefined {
  try {
    return toEs256Key(label.endsWith('PRIVATE KEY') ? createPrivateKey(block) : createPublicKey(block));
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSet(document: unknown): document is { keys: unknown[] } {
  return typeof document === 'object' && document !== null && 'keys' in document && Array.isArray(document.keys);
}

function toJwk({ id, privateKey, publicKey }: Es256Key): object {
  const key: KeyObject = privateKey ?? publicKey;
  return { ...key.export({ format: 'jwk' }), kid: id };
}
