import { ConfigError, HttpConfig, WebauthnConfig } from '@app/config';
import { describe, expect, it } from 'vitest';
import { RelyingParty } from './relying-party.js';

function relyingParty(publicUrl: string, settings: Partial<WebauthnConfig> = {}): RelyingParty {
  const http = Object.assign(new HttpConfig(), { givenPublicUrl: publicUrl });
  return RelyingParty.of(Object.assign(new WebauthnConfig(), settings), http);
}

describe('RelyingParty', () => {
  it.each([
    ['https://flows.example.com', 'flows.example.com', 'https://flows.example.com'],
    ['http://localhost:8080', 'localhost', 'http://localhost:8080'],
    ['http://127.0.0.1:8080', 'localhost', 'http://localhost:8080'],
    ['http://[::1]:8080', 'localhost', 'http://localhost:8080'],
  ])('%s has passkeys of %s for pages of %s', (publicUrl, id, origin) => {
    expect(relyingParty(publicUrl)).toMatchObject({ id, origins: [origin] });
  });

  it('may have the domain above, and several origins on it', () => {
    const origins = ['https://app.example.com', 'https://example.com'];
    const party = relyingParty('https://app.example.com', { webauthnRpId: 'example.com', webauthnOrigins: origins });
    expect(party).toMatchObject({ id: 'example.com', origins });
  });

  it.each([
    ['another domain', { webauthnOrigins: ['https://other.test'] }],
    ['a domain that only ends the same', { webauthnOrigins: ['https://badexample.com'] }],
    ['a domain that is not the one of the pages', { webauthnRpId: 'other.test' }],
  ])('refuses %s at the start', (_, settings) => {
    expect(() => relyingParty('https://example.com', settings)).toThrow(ConfigError);
  });
});
