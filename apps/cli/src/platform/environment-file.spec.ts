import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConnections, writeConnections } from './environment-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'environment-'));
  path = join(folder, 'env');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the file of connections', () => {
  it.each([
    { DATABASE_URL: 'postgresql://u:pa-ss_w0rd@127.0.0.1:5432/name', REDIS_URL: 'redis://:secret@127.0.0.1:6379/0' },
    { DATABASE_URL: "postgres://u:it's&$HOME@h/n?sslmode=require", REDIS_URL: 'rediss://h:6380/0#x y' },
  ])('reads back what was written, in a shell too: $DATABASE_URL', (connections) => {
    writeConnections(path, connections);
    const sourced = execFileSync('bash', ['-c', '. "$1"; printf %s "$DATABASE_URL"', 'bash', path], {
      encoding: 'utf8',
    });
    const expected = connections.DATABASE_URL.replace("'", '%27');
    expect(sourced).toBe(expected);
    expect(readConnections(path)).toEqual({ ...connections, DATABASE_URL: expected });
  });

  it('is for its owner alone, even where a file of another mode was before', () => {
    writeFileSync(path, '', { mode: 0o644 });
    writeConnections(path, { DATABASE_URL: 'postgres://h/n', REDIS_URL: 'redis://h' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is undefined before a platform ever ran', () => {
    expect(readConnections(path)).toBeUndefined();
  });
});
