import { RequestMethod, type INestApplication } from '@nestjs/common';

/** Addresses without the prefix of the API. */
const unprefixed = [
  ...['health', 'ready', 'docs', 'docs/*path', '.well-known/jwks.json'].map((path) => ({
    path,
    method: RequestMethod.GET,
  })),
  ...['passkeys', 'account/*path', 'pages/:asset'].map((path) => ({ path, method: RequestMethod.GET })),
  { path: 'hooks/:token', method: RequestMethod.ALL },
];

/** Puts all other routes under the base path of the API. */
export function setPrefix(app: INestApplication): void {
  app.setGlobalPrefix('api/v1', { exclude: unprefixed });
}
