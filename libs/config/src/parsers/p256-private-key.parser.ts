import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Parser } from './parser.js';

/** A private key for ES256 (RFC 7518 §3.4) in PEM; where a variable cannot hold lines, `\n` stands for their ends. */
export const p256PrivateKey: Parser<KeyObject> = {
  expects: 'a private key of the curve P-256 in PEM',
  parse: (text) => {
    try {
      const key = createPrivateKey(text.replaceAll(String.raw`\n`, '\n'));
      return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
    } catch {
      return undefined;
    }
  },
  write: () => '',
};
