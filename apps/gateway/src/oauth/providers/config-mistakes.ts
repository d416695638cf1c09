import type { OauthConfig } from '@app/config';

/**
 * What is wrong with several settings together, a line each.
 * @param deployed whether other people depend on this environment
 */
export function configMistakes({ returnUrls, google, github, apple }: OauthConfig, deployed: boolean): string[] {
  const asked = [
    { id: google.clientId, variable: 'OAUTH_GOOGLE_ISSUER_URL', url: google.issuerUrl },
    { id: github.clientId, variable: 'OAUTH_GITHUB_URL', url: github.siteUrl },
    { id: github.clientId, variable: 'OAUTH_GITHUB_API_URL', url: github.apiUrl },
    { id: apple.clientId, variable: 'OAUTH_APPLE_ISSUER_URL', url: apple.issuerUrl },
  ].filter(({ id }) => id !== undefined);
  const plain = deployed ? asked.filter(({ url }) => url.startsWith('http:')) : [];
  return [
    ...plain.map(({ variable, url }) => `${variable}=${JSON.stringify(url)} is not encrypted. Use https here.`),
    ...(asked.length > 0 && returnUrls.length === 0
      ? ['OAUTH_RETURN_URLS is empty, so no sign-in could come back. Set it to the URLs of your pages, with commas.']
      : []),
  ];
}
