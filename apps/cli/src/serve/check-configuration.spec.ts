import { ConfigError } from '@app/config';
import { temporaryFolder } from '@app/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { checkConfiguration } from './check-configuration.js';

const folder = temporaryFolder('configuration');

afterAll(() => {
  folder.remove();
});

function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    checkConfiguration({ BIOMETRICS_DATA_DIR: folder.path, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

describe('checkConfiguration', () => {
  it('takes a machine without any settings', () => {
    expect(mistakesOf({})).toEqual([]);
  });

  it('tells each mistake once, although three services make it', () => {
    const mistakes = mistakesOf({ LOG_LEVEL: 'loud', WORKER_COUNT: 'many', DATABASE_URL: 'mysql://h/n' });
    expect(mistakes.map((mistake) => mistake.split(/[=: ]/)[0])).toEqual(
      expect.arrayContaining(['LOG_LEVEL', 'WORKER_COUNT', 'DATABASE_URL']),
    );
    expect(mistakes).toHaveLength(3);
  });

  it('refuses to make up secrets in production', () => {
    const mistakes = mistakesOf({ ENVIRONMENT: 'production' });
    expect(mistakes.some((mistake) => mistake.startsWith('JWT_SECRET is missing'))).toBe(true);
  });
});
