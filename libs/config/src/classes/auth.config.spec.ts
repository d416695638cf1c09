import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuthConfig } from './auth.config.js';
import { loadConfig } from '../load-config.js';

const folder = mkdtempSync(join(tmpdir(), 'jwt-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ format: 'pem', type: 'pkcs8' })
  .toString();
const production = { ENVIRONMENT: 'production', JWT_SECRET: 'k7'.repeat(20) };

describe('JWT_KEYS', () => {
  it('may be left out: tokens are signed with JWT_SECRET then', () => {
    expect(loadConfig(AuthConfig, production).jwtKeys).toEqual([]);
    expect(loadConfig(AuthConfig, { ...production, JWT_KEYS: '' }).jwtKeys).toEqual([]);
  });

  it('may be a file', () => {
    const file = join(folder, 'keys.pem');
    writeFileSync(file, pem);
    expect(loadConfig(AuthConfig, { ...production, JWT_KEYS_FILE: file }).jwtKeys).toHaveLength(1);
  });

  it('does not do without JWT_SECRET, which refresh tokens need', () => {
    const load = () => loadConfig(AuthConfig, { ENVIRONMENT: 'production', JWT_KEYS: pem });
    expect(load).toThrow(/^JWT_SECRET is missing/);
  });

  it('that are none are a mistake, and not repeated', () => {
    const load = () => loadConfig(AuthConfig, { ...production, JWT_KEYS: 'c2VjcmV0' });
    expect(load).toThrow(/^JWT_KEYS: expected P-256 keys/);
    expect(load).not.toThrow(/c2VjcmV0/);
  });
});
