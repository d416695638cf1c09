import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = join(import.meta.dirname, 'assets');
const webauthnEntry = createRequire(import.meta.url).resolve('@simplewebauthn/browser');

/** What the pages are made of, and nothing else, by the name it is asked for. */
const assets: Readonly<Record<string, { type: string; path: string }>> = {
  'page.css': { type: 'text/css; charset=utf-8', path: join(folder, 'page.css') },
  'icon.svg': { type: 'image/svg+xml', path: join(folder, 'icon.svg') },
  ...scripts('api', 'form', 'passkeys', 'passkeys-list', 'step-up', 'register', 'reset-password', 'verify-email'),
  'simplewebauthn-browser.js': {
    type: 'text/javascript; charset=utf-8',
    path: join(dirname(webauthnEntry), '..', 'dist', 'bundle', 'index.umd.min.js'),
  },
};

/** A file of the pages; undefined when they have none of that name. */
export async function readAsset(name: string): Promise<{ type: string; content: Buffer } | undefined> {
  const asset = Object.hasOwn(assets, name) ? assets[name] : undefined;
  return asset && { type: asset.type, content: await readFile(asset.path) };
}

/** A page's HTML. */
export function readPage(name: string): Promise<string> {
  return readFile(join(folder, `${name}.html`), 'utf8');
}

function scripts(...names: readonly string[]): Record<string, { type: string; path: string }> {
  const type = 'text/javascript; charset=utf-8';
  return Object.fromEntries(names.map((name) => [`${name}.js`, { type, path: join(folder, `${name}.js`) }]));
}
