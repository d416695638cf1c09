import { loadConfig, OauthConfig } from '@app/config';
import { describe, expect, it } from 'vitest';
import { configMistakes } from './config-mistakes.js';

const google = { OAUTH_GOOGLE_CLIENT_ID: 'a', OAUTH_GOOGLE_CLIENT_SECRET: 'b' };
const github = { OAUTH_GITHUB_CLIENT_ID: 'a', OAUTH_GITHUB_CLIENT_SECRET: 'b' };
const page = { OAUTH_RETURN_URLS: 'https://app.test/' };

function mistakes(variables: Record<string, string>, deployed = false): string[] {
  return configMistakes(loadConfig(OauthConfig, variables), deployed);
}

describe('configMistakes', () => {
  it('finds none where no provider is set up, or everything is', () => {
    expect(mistakes({}, true)).toEqual([]);
    expect(mistakes({ OAUTH_GOOGLE_ISSUER_URL: 'http://localhost:4000' }, true)).toEqual([]);
    expect(mistakes({ ...google, ...github, ...page }, true)).toEqual([]);
  });

  it('asks for somewhere to come back to', () => {
    expect(mistakes(google)).toEqual([expect.stringMatching(/^OAUTH_RETURN_URLS is empty.*Set it to/)]);
  });

  it('takes a provider without TLS on a machine of a developer only', () => {
    const plain = {
      ...google,
      ...github,
      ...page,
      OAUTH_GOOGLE_ISSUER_URL: 'http://localhost:4000',
      OAUTH_GITHUB_URL: 'http://localhost:4001',
      OAUTH_GITHUB_API_URL: 'http://localhost:4001',
    };
    expect(mistakes(plain)).toEqual([]);
    expect(mistakes(plain, true)).toEqual([
      expect.stringMatching(/^OAUTH_GOOGLE_ISSUER_URL="http:\/\/localhost:4000\/" is not encrypted/),
      expect.stringMatching(/^OAUTH_GITHUB_URL/),
      expect.stringMatching(/^OAUTH_GITHUB_API_URL/),
    ]);
  });
});
