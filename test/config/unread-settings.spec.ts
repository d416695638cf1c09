import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configClasses, describeVariables } from '@app/config';
import { expect, it } from 'vitest';

/** The source of everything that may read a setting. */
const readers = ['apps', 'libs'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!spec|conformance)\.ts$/.test(file) && !/^(config|testing)\//.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8')),
);
const words = new Set(readers.flatMap((source) => source.match(/\b[a-z]\w*\b/g) ?? []));

/** Fields that their own class reads, to make up others. */
const readInside = new Set(['givenPublicUrl', 'defaultConcurrency']);

it('no variable is promised that nobody reads', () => {
  const unread = describeVariables(configClasses)
    .filter(({ field, onlyWithout }) => onlyWithout === undefined && !readInside.has(field))
    .filter(({ field }) => !words.has(field));
  expect(unread.map(({ name }) => name)).toEqual([]);
});
