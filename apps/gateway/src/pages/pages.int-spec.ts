import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway, type Answer } from '../../../../test/gateway/test-gateway.js';

const paths = ['/passkeys', '/account/verify-email', '/account/reset-password', '/account/register'];

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway.stop());

function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return gateway.request({
    method: 'GET',
    url,
    headers: { host: 'platform.test', accept: 'text/html,*/*', ...headers },
  });
}

/** What a page or a script of it loads. */
function loadedBy(text: string): string[] {
  const urls = [...text.matchAll(/(?:src|href)="(\/pages\/[^"]+)"/g), ...text.matchAll(/ from '\.\/([^']+)'/g)];
  return urls.map(([, url = '']) => (url.startsWith('/') ? url : `/pages/${url}`));
}

describe.each(paths)('%s', (path) => {
  it('is a page that runs nothing but what comes from here', async () => {
    const { status, headers, body } = await get(path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:/);
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style| on\w+=| style=/);
  });

  it('finds all that it loads', async () => {
    const seen = new Set<string>();
    const open = loadedBy((await get(path)).body);
    expect(open.length).toBeGreaterThan(2);
    for (let url = open.pop(); url !== undefined; url = open.pop()) {
      if (seen.has(url)) continue;
      seen.add(url);
      const { status, headers, body } = await get(url);
      expect(status, url).toBe(200);
      expect(headers['content-type'], url).toMatch(/^(text\/(css|javascript); charset=utf-8|image\/svg\+xml)$/);
      open.push(...loadedBy(String(body)));
    }
  });

  it('names each field', async () => {
    const { body } = await get(path);
    for (const [, id] of String(body).matchAll(/<input[^>]* id="([^"]+)"|<input\s+id="([^"]+)"/g)) {
      expect(body).toContain(`for="${id}"`);
    }
  });
});

describe('/passkeys', () => {
  it.each([
    ['127.0.0.1:8080', '//localhost:8080/passkeys'],
    ['127.1.2.3', '//localhost/passkeys'],
    ['[::1]:8080', '//localhost:8080/passkeys'],
  ])('on %s goes to where passkeys work', async (host, location) => {
    expect(await get('/passkeys', { host })).toMatchObject({ status: 302, headers: { location } });
  });

  it.each(['localhost:8080', 'flows.example.com', '127.0.0.1.example.com', 'a b', '10.0.0.1'])(
    'stays on %s',
    async (host) => {
      expect((await get('/passkeys', { host })).status).toBe(200);
    },
  );
});

describe('/pages', () => {
  it('serves every file of the pages', async () => {
    const files = readdirSync(join(import.meta.dirname, 'assets')).filter((name) => !name.endsWith('.html'));
    for (const name of files) expect((await get(`/pages/${name}`)).status, name).toBe(200);
  });

  it.each(['passkeys.html', '..%2fpages.controller.ts', '%2e%2e', 'constructor', 'api.js%2f..'])(
    'serves nothing else: %s',
    async (name) => {
      expect((await get(`/pages/${name}`)).status).toBe(404);
    },
  );
});
