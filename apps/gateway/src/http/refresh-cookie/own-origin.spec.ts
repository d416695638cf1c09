import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { isFromOwnPage } from './own-origin.js';

function isOwn(headers: Record<string, string>, protocol = 'http'): boolean {
  const request = { headers: { host: 'localhost:8080', ...headers }, protocol };
  return isFromOwnPage(request as unknown as FastifyRequest, 'https://flows.example.com');
}

describe('isFromOwnPage', () => {
  it.each([
    ['the origin of PUBLIC_URL', { origin: 'https://flows.example.com' }],
    ['the address that was asked', { origin: 'http://localhost:8080' }],
    ['what the browser calls the same origin', { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-origin' }],
  ])('is true for %s', (_, headers) => {
    expect(isOwn(headers)).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ['no origin', {}],
    ['no origin, whatever the browser says', { 'sec-fetch-site': 'same-origin' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that hides itself', { origin: 'null' }],
    ['a host below ours', { origin: 'https://blog.flows.example.com' }],
    ['another scheme', { origin: 'http://flows.example.com' }],
    ['another port', { origin: 'http://localhost:9090' }],
    ['a request between sites', { origin: 'https://flows.example.com', 'sec-fetch-site': 'cross-site' }],
    ['a request between hosts of a site', { origin: 'https://flows.example.com', 'sec-fetch-site': 'same-site' }],
  ])('is false for %s', (_, headers) => {
    expect(isOwn(headers)).toBe(false);
  });
});
