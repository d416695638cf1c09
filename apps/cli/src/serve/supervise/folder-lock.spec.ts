import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessRecord } from '@app/servers';
import { temporaryFolder } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolder } from '../../platform/data-folder.js';
import { lockFolder } from './folder-lock.js';

let root: ReturnType<typeof temporaryFolder>;
let folder: DataFolder;

beforeEach(() => {
  root = temporaryFolder('lock');
  folder = new DataFolder(join(root.path, 'data'));
  folder.create();
});

afterEach(() => {
  root.remove();
});

describe('lockFolder', () => {
  it('keeps a second supervisor out until the first one lets go', () => {
    new ProcessRecord(join(folder.run, 'supervisor.process')).write(process.ppid);
    expect(() => lockFolder(folder)).toThrow(`already runs on ${folder.path} (process ${process.ppid})`);
  });

  it('ignores what a killed supervisor left behind', () => {
    const path = join(folder.run, 'supervisor.process');
    new ProcessRecord(path).write(process.ppid);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"mark":"[^"]*"/, '"mark":"gone"'));
    const unlock = lockFolder(folder);
    unlock();
    expect(new ProcessRecord(path).running()).toBeUndefined();
  });
});
