import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const assets = join(import.meta.dirname, 'assets');
const text = (name: string) => readFileSync(join(assets, name), 'utf8');
const files = readdirSync(assets);
const fields = files
  .filter((name) => name.endsWith('.html'))
  .flatMap((name) => [...text(name).matchAll(/<input[^>]*>/g)].map(([field]) => field))
  .filter((field) => /\b(id|name)="[^"]*password[^"]*"/.test(field));

describe('fields for passwords', () => {
  it('hide what is typed, and tell password managers what belongs there', () => {
    expect(fields.length).toBeGreaterThan(3);
    for (const field of fields) {
      expect(field).toContain('type="password"');
      expect(field).toMatch(/autocomplete="(current|new)-password"/);
    }
  });

  it('take what is pasted', () => {
    for (const name of files) expect(text(name), name).not.toMatch(/\bpaste\b/i);
  });
});
