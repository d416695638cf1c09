import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuthConfig, DatabaseConfig, HttpConfig, loadConfig } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
const secret = 'k7'.repeat(20);
const file = join(folder, 'jwt');
writeFileSync(file, `${secret}\n`);

afterAll(() => rmSync(folder, { recursive: true }));

describe('NAME_FILE', () => {
  it('names a file that holds the secret, its last line break not being part of it', () => {
    expect(loadConfig(AuthConfig, { JWT_SECRET_FILE: file }).jwtSecret).toBe(secret);
  });

  it('works for a piece of a URL as well', () => {
    expect(loadConfig(DatabaseConfig, { DB_PASSWORD_FILE: file }).url).toContain(`:${secret}@`);
  });

  it('cannot be given together with NAME', () => {
    expect(() => loadConfig(AuthConfig, { JWT_SECRET: secret, JWT_SECRET_FILE: file })).toThrow(
      'JWT_SECRET and JWT_SECRET_FILE are both set. Keep one of them.',
    );
  });

  it('says when the file cannot be read', () => {
    expect(() => loadConfig(AuthConfig, { JWT_SECRET_FILE: join(folder, 'absent') })).toThrow(
      /^JWT_SECRET_FILE=".*absent" cannot be read \(ENOENT\)\. Point it at a readable file\.$/,
    );
  });

  it('is for secrets only', () => {
    expect(loadConfig(HttpConfig, { SERVER_PORT_FILE: file }).port).toBe(8080);
  });
});
