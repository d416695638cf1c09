import { describe, expect, it } from 'vitest';
import { KnownRoutes } from './known-routes.js';

const routes = new KnownRoutes();
routes.add(['GET', 'HEAD'], '/runs/:id');
routes.add('DELETE', '/runs/:id');
routes.add('GET', '/docs/*');
routes.add('GET', '/.well-known/jwks.json');
routes.add('OPTIONS', '*');

describe('KnownRoutes', () => {
  it.each([
    ['/runs/1', ['DELETE', 'GET', 'HEAD']],
    ['/runs/1?x=/y', ['DELETE', 'GET', 'HEAD']],
    ['/runs', []],
    ['/runs/', []],
    ['/runs/1/steps', []],
    ['/docs/a/b.css', ['GET']],
    ['/.well-known/jwks.json', ['GET']],
    ['/xwell-known/jwks.json', []],
  ])('knows the methods of %s', (url, methods) => {
    expect(routes.methodsOf(url)).toEqual(methods);
  });
});
