import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProcessRecord } from './process-record.js';

let folder: string;
let path: string;
let record: ProcessRecord;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'record-'));
  path = join(folder, 'some.process');
  record = new ProcessRecord(path);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('ProcessRecord', () => {
  it('knows nothing before it was written and after it was cleared', () => {
    expect(record.running()).toBeUndefined();
    record.write(process.pid, 5432);
    expect(record.running()).toBe(process.pid);
    expect(record.port()).toBe(5432);
    record.clear();
    expect(record.running()).toBeUndefined();
    expect(record.port()).toBeUndefined();
  });

  it('takes another process with the same pid for what it is', () => {
    record.write(process.pid);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"mark":"[^"]*"/, '"mark":"earlier/1"'));
    expect(record.running()).toBeUndefined();
  });

  it('has no other owner when this process wrote it or the owner is gone', () => {
    record.write(process.ppid);
    expect(record.otherOwner()).toBeUndefined();
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"ownerPid":\d+/, '"ownerPid":999999999'));
    expect(record.otherOwner()).toBeUndefined();
  });

  it.each(['', '{"pid":', '[]', '{"pid":"1"}'])('takes a broken file for no record: %j', (text) => {
    writeFileSync(path, text);
    expect(record.running()).toBeUndefined();
    expect(record.otherOwner()).toBeUndefined();
  });
});
