import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthConfig, EncryptionConfig, loadConfig } from './index.js';

let dataDir: string;
beforeEach(() => (dataDir = mkdtempSync(join(tmpdir(), 'data-'))));
afterEach(() => rmSync(dataDir, { recursive: true }));

describe('a secret that nobody set, in development', () => {
  it('is made once, kept for the owner alone, and the same for every process', () => {
    const env = { BIOMETRICS_DATA_DIR: dataDir };
    const [first, second] = [loadConfig(AuthConfig, env), loadConfig(AuthConfig, env)];
    expect(first.jwtSecret.length).toBeGreaterThanOrEqual(32);
    expect(second.jwtSecret).toBe(first.jwtSecret);
    expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['jwt_secret']);
    expect(statSync(join(dataDir, 'secrets', 'jwt_secret')).mode & 0o777).toBe(0o600);
  });

  it('is different on every machine', () => {
    const other = loadConfig(AuthConfig, { BIOMETRICS_DATA_DIR: join(dataDir, 'other') });
    expect(other.jwtSecret).not.toBe(loadConfig(AuthConfig, { BIOMETRICS_DATA_DIR: dataDir }).jwtSecret);
  });

  it('is a usable key ring too', () => {
    const { keys } = loadConfig(EncryptionConfig, { BIOMETRICS_DATA_DIR: dataDir });
    expect(keys.map(({ id, key }) => [id, key.length])).toEqual([['local', 32]]);
  });

  it('is never made in production', () => {
    expect(() => loadConfig(AuthConfig, { BIOMETRICS_DATA_DIR: dataDir, ENVIRONMENT: 'production' })).toThrow(
      /^JWT_SECRET is missing/,
    );
    expect(readdirSync(dataDir)).toEqual([]);
  });
});
