import { describe, expect, it } from 'vitest';
import {
  AuthConfig,
  ConfigError,
  DatabaseConfig,
  EncryptionConfig,
  EngineConfig,
  HttpConfig,
  loadConfig,
  loadConfigs,
  MailConfig,
  RedisConfig,
  ServiceConfig,
  WorkersConfig,
} from './index.js';

const production = { ENVIRONMENT: 'production' };

function mistakesOf(classes: readonly (new () => object)[], env: Record<string, string>): readonly string[] {
  try {
    loadConfigs(classes, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('loadConfigs', () => {
  it('needs no variable in development', () => {
    const [service, http, database, redis] = loadConfigs(
      [ServiceConfig, HttpConfig, DatabaseConfig, RedisConfig],
      {},
      'gateway',
    );
    expect(service).toMatchObject({ environment: 'development', logLevel: 'info', metricsPort: 9464, healthPort: 0 });
    expect(http).toMatchObject({ host: '127.0.0.1', port: 8080, idleTimeoutMs: 120_000, corsOrigins: [] });
    expect(database.url).toBe('postgres://biometrics@127.0.0.1:5432/biometrics');
    expect(redis).toMatchObject({ url: 'redis://127.0.0.1:6379/0', tls: false });
  });

  it('gives each process ports of its own', () => {
    const ports = (['gateway', 'workflow', 'worker'] as const).map((name) => loadConfig(ServiceConfig, {}, name));
    expect(ports.map(({ healthPort, metricsPort }) => [healthPort, metricsPort])).toEqual([
      [0, 9464],
      [9475, 9465],
      [9476, 9466],
    ]);
  });

  it('tells all mistakes of all classes at once, one line each, with the variable, its value and the remedy', () => {
    const env = { SERVER_PORT: '80 80', SERVER_READ_TIMEOUT: 'soon', LOG_LEVEL: 'loud', DB_MAX_OPEN_CONNS: '0' };
    expect(mistakesOf([ServiceConfig, HttpConfig, DatabaseConfig], env)).toEqual([
      'LOG_LEVEL="loud": expected one of fatal, error, warn, info, debug, trace, silent. ' +
        'Correct it, or remove LOG_LEVEL to use the default, info.',
      'SERVER_PORT="80 80": expected a whole number. Correct it, or remove SERVER_PORT to use the default, 8080.',
      'SERVER_READ_TIMEOUT="soon": expected a duration such as 500ms, 30s, 15m or 7d (a number alone counts seconds). ' +
        'Correct it, or remove SERVER_READ_TIMEOUT to use the default, 30.',
      'DB_MAX_OPEN_CONNS="0" must not be less than 2. ' +
        'Correct it, or remove DB_MAX_OPEN_CONNS to use the default, 25.',
    ]);
  });

  it('tells a wrong ENVIRONMENT even to a process that does not ask for it', () => {
    expect(mistakesOf([HttpConfig], { ENVIRONMENT: 'prod' })).toEqual([
      expect.stringContaining('ENVIRONMENT="prod": expected one of development, test, staging, production'),
    ]);
  });

  it('takes an empty variable for one that is not set, except for a list', () => {
    const http = loadConfig(HttpConfig, { SERVER_PORT: '', CORS_ORIGINS: '' });
    expect(http).toMatchObject({ port: 8080, corsOrigins: [] });
  });

  it('compares fields that belong together', () => {
    expect(mistakesOf([EngineConfig], { ENGINE_LEASE_MS: '3000' })).toEqual([
      expect.stringContaining('ENGINE_LEASE_MS="3000" must be more than ENGINE_ABORT_AFTER_MS, which is 4000.'),
    ]);
  });
});

describe('secrets', () => {
  it.each([
    [AuthConfig, 'JWT_SECRET'],
    [EncryptionConfig, 'ENCRYPTION_KEYS'],
    [DatabaseConfig, 'DATABASE_URL'],
    [RedisConfig, 'REDIS_URL'],
  ])('%o: production refuses to start without %s', (type, name) => {
    expect(mistakesOf([type], production)).toEqual([
      expect.stringMatching(new RegExp(`^${name} is missing\\. .*${name}_FILE`)),
    ]);
  });

  it.each([
    [AuthConfig, 'JWT_SECRET', 'change-me-change-me-change-me-change-me'],
    [AuthConfig, 'JWT_SECRET', 'a'.repeat(64)],
    [EncryptionConfig, 'ENCRYPTION_KEYS', `k1:${Buffer.alloc(32).toString('base64')}`],
    [DatabaseConfig, 'DATABASE_URL', 'postgres://biometrics:biometrics@db:5432/biometrics'],
    [DatabaseConfig, 'DB_PASSWORD', 'postgres'],
    [RedisConfig, 'REDIS_URL', 'redis://:change-me@cache:6379'],
  ])('%o: production refuses the well-known %s %s, without showing it', (type, name, value) => {
    const mistakes = mistakesOf([type], { ...production, [name]: value });
    expect(mistakes).toEqual([expect.stringContaining(`${name} is a default that everybody knows. Set it to`)]);
    expect(mistakes.join()).not.toContain(value);
  });

  it('never shows a wrong secret', () => {
    const [mistake, ...more] = mistakesOf([AuthConfig], { JWT_SECRET: 'tooshort' });
    expect(more).toEqual([]);
    expect(mistake).toMatch(/^JWT_SECRET must be longer than or equal to 32 characters/);
    expect(mistake).not.toContain('tooshort');
  });
});

describe('a setting that can be given in two forms', () => {
  it('is one field: the URL wins over the pieces', () => {
    const env = { DATABASE_URL: 'postgres://u:p@one/a', DB_HOST: 'two', REDIS_URL: 'rediss://one', REDIS_HOST: 'two' };
    const [database, redis] = loadConfigs([DatabaseConfig, RedisConfig], env);
    expect(database.url).toBe('postgres://u:p@one/a');
    expect(redis).toMatchObject({ url: 'rediss://one', tls: true });
  });

  it('can be put together from pieces, with any characters in the password', () => {
    const env = { DB_HOST: 'db', DB_PORT: '1', DB_USER: 'u', DB_PASSWORD: 'p@ss/w:rd?#', DB_NAME: 'n' };
    const url = new URL(loadConfig(DatabaseConfig, env).url);
    expect([url.host, url.username, decodeURIComponent(url.password), url.pathname]).toEqual([
      'db:1',
      'u',
      'p@ss/w:rd?#',
      '/n',
    ]);
    const redis = loadConfig(RedisConfig, { REDIS_HOST: 'r', REDIS_PASSWORD: 's', REDIS_TLS: 'true' });
    expect(redis).toMatchObject({ url: 'rediss://:s@r:6379/0', tls: true });
  });

  it('tells one mistake for one wrong URL', () => {
    expect(mistakesOf([DatabaseConfig], { ...production, DATABASE_URL: 'mysql://x' })).toEqual([
      'DATABASE_URL: expected a URL that begins with postgres:// or postgresql://. ' +
        'Set it to postgres://user:password@host:5432/name.',
    ]);
  });
});

describe('the workers', () => {
  it('have sizes of their own, WORKER_COUNT being the concurrency of those that name none', () => {
    expect(loadConfig(WorkersConfig, {}).email).toMatchObject({ enabled: true, concurrency: 5, retryDelayMs: 5_000 });
    const env = { WORKER_COUNT: '7', WORKER_EMAIL_ENABLED: 'false', WORKER_EMAIL_TIMEOUT_SECONDS: '10' };
    expect(loadConfig(WorkersConfig, env).email).toMatchObject({ enabled: false, concurrency: 7, timeoutMs: 10_000 });
    expect(loadConfig(WorkersConfig, { ...env, WORKER_EMAIL_CONCURRENCY: '2' }).email.concurrency).toBe(2);
  });

  it('name the variable that was wrong, also when it is the shared one', () => {
    expect(mistakesOf([WorkersConfig], { WORKER_COUNT: '0' })).toEqual([
      'WORKER_COUNT="0" must not be less than 1. Correct it, or remove WORKER_COUNT to use the default, 5.',
    ]);
  });
});

it('derives the public address from the server address', () => {
  expect(loadConfig(HttpConfig, { SERVER_PORT: '9000' }).publicUrl).toBe('http://127.0.0.1:9000');
  expect(loadConfig(HttpConfig, { PUBLIC_URL: 'https://api.example.com/' }).publicUrl).toBe('https://api.example.com');
});

it('leaves SMTP_URL undefined when there is no mail server', () => {
  expect(loadConfig(MailConfig, {}).smtpUrl).toBeUndefined();
});
