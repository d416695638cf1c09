import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * The secret kept in `path` (mode 600), made up on first use: 192 random bits in base64url, safe in a URL.
 * Written beside and renamed, so a crash never leaves half a secret.
 */
export function generatedSecret(path: string): string {
  if (!existsSync(path)) {
    const fresh = `${path}.new`;
    writeFileSync(fresh, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
    renameSync(fresh, path);
  }
  return readFileSync(path, 'utf8').trim();
}
