import { randomBytes } from 'node:crypto';
import { ArrayNotEmpty } from 'class-validator';
import { encryptionKeys, type EncryptionKey } from '../parsers/encryption-keys.parser.js';
import { Variable } from '../variable.decorator.js';

/** The keys that secrets and credentials are stored under. */
export class EncryptionConfig {
  /** The ring of keys. The first one encrypts, all of them decrypt. To rotate, see docs/security.md. */
  @Variable('ENCRYPTION_KEYS', encryptionKeys, {
    secret: true,
    required: true,
    generate: () => `local:${randomBytes(32).toString('base64')}`,
    hint: 'id:key pairs, such as k1: followed by the output of: openssl rand -base64 32',
  })
  @ArrayNotEmpty()
  keys: EncryptionKey[];
}
