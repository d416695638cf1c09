import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../load-config.js';
import { OauthConfig } from './oauth.config.js';

const p256 = pem('P-256');

function pem(namedCurve: string): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function mistakes(variables: Record<string, string>): string {
  try {
    loadConfig(OauthConfig, variables);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('OauthConfig', () => {
  it('offers no provider unless it is told to', () => {
    const { google, github, apple, returnUrls } = loadConfig(OauthConfig, {});
    expect([google.clientId, github.clientId, apple.clientId, returnUrls]).toEqual([
      undefined,
      undefined,
      undefined,
      [],
    ]);
  });

  it('names what else a provider needs', () => {
    expect(mistakes({ OAUTH_GOOGLE_CLIENT_ID: 'a' })).toBe(
      "OAUTH_GOOGLE_CLIENT_SECRET is missing, and OAUTH_GOOGLE_CLIENT_ID is set. Set it to the client's secret as Google shows it.",
    );
    expect(mistakes({ OAUTH_APPLE_CLIENT_ID: 'a' }).split('\n')).toEqual([
      expect.stringMatching(/^OAUTH_APPLE_CLIENT_SECRET .* the content of the \.p8 file/),
      expect.stringMatching(/^OAUTH_APPLE_TEAM_ID/),
      expect.stringMatching(/^OAUTH_APPLE_KEY_ID/),
    ]);
  });

  it('reads the key of Apple from lines, or from one line with \\n', () => {
    for (const text of [p256, p256.replaceAll('\n', String.raw`\n`)]) {
      const { apple } = loadConfig(OauthConfig, { OAUTH_APPLE_CLIENT_SECRET: text });
      expect(apple.privateKey?.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    }
  });

  it.each([pem('P-384'), 'a secret', p256.slice(0, 80)])('refuses another key without showing it', (text) => {
    const message = mistakes({ OAUTH_APPLE_CLIENT_SECRET: text });
    expect(message).toMatch(/^OAUTH_APPLE_CLIENT_SECRET: expected a private key/);
    expect(message).not.toContain(text);
  });

  it('takes scopes between spaces or commas, and insists on those without which nobody gets in', () => {
    const { google } = loadConfig(OauthConfig, { OAUTH_GOOGLE_SCOPES: 'openid, email  profile' });
    expect(google.scopes).toEqual(['openid', 'email', 'profile']);
    expect(mistakes({ OAUTH_GOOGLE_SCOPES: 'openid profile' })).toMatch(/^OAUTH_GOOGLE_SCOPES="openid profile" must/);
    expect(mistakes({ OAUTH_GITHUB_SCOPES: 'read:user' })).toMatch(/user:email/);
  });

  it.each([
    'http://accounts.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'https://user:password@accounts.example.com',
    'https://accounts.example.com/?tenant=1',
    'https://accounts.example.com/#fragment',
    'ftp://accounts.example.com',
  ])('refuses the issuer %s', (url) => {
    expect(mistakes({ OAUTH_GOOGLE_ISSUER_URL: url })).toMatch(/^OAUTH_GOOGLE_ISSUER_URL/);
  });

  it.each([
    'https://accounts.example.com/tenant',
    'http://localhost:4000',
    'http://127.0.0.1:4000',
    'http://[::1]:4000',
  ])('takes the issuer %s', (url) => expect(mistakes({ OAUTH_GOOGLE_ISSUER_URL: url })).toBe(''));

  it.each([
    'http://app.example.com/',
    'javascript:alert(1)',
    'data:text/html,a',
    'app:/signed-in',
    'https://a/#b',
    '/a',
  ])('does not lead back to %s', (url) => expect(mistakes({ OAUTH_RETURN_URLS: url })).toMatch(/^OAUTH_RETURN_URLS/));

  it('leads back to pages and apps, as they were written', () => {
    const urls = ['https://app.example.com/in?from=oauth', 'http://localhost:3000', 'com.example.app:/signed-in'];
    expect(loadConfig(OauthConfig, { OAUTH_RETURN_URLS: urls.join(', ') }).returnUrls).toEqual(urls);
  });
});
