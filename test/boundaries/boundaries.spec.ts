import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { afterAll, describe, expect, it } from 'vitest';
import { allowedImports, plantedViolations } from './planted-violations.js';

const { default: config } = (await import(resolve('.dependency-cruiser.mjs'))) as {
  default: { forbidden: IForbiddenRuleType[]; options: ICruiseOptions };
};
const root = mkdtempSync(join(tmpdir(), 'boundaries-'));

afterAll(() => rmSync(root, { recursive: true }));

/** The names of the rules that a tree of files breaks. */
async function brokenRules(name: string, files: Record<string, string>): Promise<string[]> {
  const folder = join(root, name);
  const scaffold = {
    'package.json': JSON.stringify({
      dependencies: { ioredis: '1', undici: '1' },
      devDependencies: { 'only-for-tests': '1' },
    }),
  };
  for (const [path, content] of Object.entries({ ...scaffold, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const result = await cruise(
    Object.keys(files).filter((path) => path.endsWith('.ts')),
    {
      ...config.options,
      baseDir: folder,

      validate: true,
      ruleSet: { forbidden: config.forbidden },
    },
    config.options.enhancedResolveOptions,
  );
  const { violations } = (result.output as ICruiseResult).summary;
  return [...new Set(violations.map(({ rule }) => rule.name))];
}

describe('the import rules', () => {
  it.each(Object.entries(plantedViolations))('%s: finds a planted violation', async (rule, files) => {
    expect(await brokenRules(rule, files)).toContain(rule);
  });

  it('allow what the architecture allows', async () => {
    expect(await brokenRules('allowed', allowedImports)).toEqual([]);
  });

  it('each have a planted violation and a remedy to print', () => {
    expect(config.forbidden.map(({ name }) => name)).toEqual(Object.keys(plantedViolations));
    for (const { comment } of config.forbidden) expect(comment).toMatch(/\w{3,}.*[.]$/);
  });
});
