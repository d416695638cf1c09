import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { addToContext, runInContext } from '../context/request-context.js';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

function recordingLogger(level: 'info' | 'debug' = 'info') {
  const lines: string[] = [];
  const logger = createLogger('gateway', level, { write: (line) => void lines.push(line) });
  const parsed = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { logger, lines, parsed };
}

describe('createLogger', () => {
  it('writes one JSON object per line with time, level, service and message', () => {
    const { logger, parsed } = recordingLogger();
    logger.info({ runs: 3 }, 'claimed');
    expect(parsed()).toEqual([
      { time: expect.stringMatching(/^\d{4}-.*Z$/), level: 'info', service: 'gateway', runs: 3, msg: 'claimed' },
    ]);
  });

  it('adds what is known about the request, also what became known later and in what it awaits', async () => {
    const { logger, parsed } = recordingLogger();
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
    await runInContext({ requestId: 'r1', trace }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      addToContext({ userId: 'u1' });
      logger.info('inside');
    });
    logger.info('outside');
    expect(parsed()[0]).toMatchObject({ request_id: 'r1', trace_id: trace.traceId, user_id: 'u1' });
    expect(parsed()[1]).not.toHaveProperty('request_id');
  });

  it('keeps two requests apart', async () => {
    const { logger, parsed } = recordingLogger();
    const request = (requestId: string) =>
      runInContext({ requestId }, async () => {
        await turn();
        logger.info(requestId);
      });
    await Promise.all([request('one'), request('two')]);
    expect(parsed().every(({ request_id, msg }) => request_id === msg)).toBe(true);
  });

  it('lets no secret through, however deep it stands and whoever logs it', () => {
    const { logger, lines } = recordingLogger();
    const secret = 'hunter2hunter2';
    const jwt = `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(secret).toString('base64url')}.c2lnbmF0dXJl`;
    logger.info({
      headers: { Authorization: secret, cookie: secret, 'Set-Cookie': [secret], 'X-Hub-Signature-256': secret },
      body: [{ user: { password: secret, refresh_token: secret, deeper: { accessToken: secret } } }],
      config: { jwtSecret: secret, apiKey: secret, api_key: secret, 'x-api-key': secret, credentials: { a: secret } },
    });
    logger.error({ err: Object.assign(new Error('failed'), { token: secret }) });
    logger.child({ name: 'kept' }).child({ password: secret }).warn(`cannot reach postgres://me:${secret}@db:5432/x`);
    logger.info(`Authorization: Bearer ${secret}${secret} and ${jwt}`);
    logger.info({ url: `/callback?state=1&access_token=${secret}&x=1`, path: `/hooks/${secret}` });
    logger.info({ key: Buffer.from(secret) });
    const output = lines.join('\n');
    expect(output).not.toContain(secret);
    expect(output).not.toContain(jwt);
    expect(output).toContain('postgres://me:[redacted]@db:5432/x');
    expect(output).toContain('"name":"kept"');
    expect(output).toContain('[14 bytes]');
    for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('leaves what only sounds like a secret', () => {
    const { logger, parsed } = recordingLogger();
    const fields = { tokens_used: 5, has_password: true, author: 'me', idempotency_key: 'k', workflow_id: 'w' };
    logger.info(fields, 'token refreshed');
    expect(parsed()[0]).toMatchObject({ ...fields, msg: 'token refreshed' });
  });

  it('survives cycles and keeps the cause of an error', () => {
    const { logger, parsed } = recordingLogger();
    const cycle: Record<string, unknown> = { name: 'loop' };
    cycle['self'] = cycle;
    logger.info({ cycle });
    logger.error({ err: new Error('outer', { cause: new Error('inner') }) });
    expect(parsed()[0]).toMatchObject({ cycle: { name: 'loop', self: '[circular]' } });
    expect(parsed()[1]).toMatchObject({ err: { type: 'Error', message: expect.stringContaining('inner') } });
  });
});

describe('NestLogger', () => {
  it('writes calls of Nest as fields', () => {
    const { logger, parsed } = recordingLogger();
    const nest = new NestLogger(logger);
    nest.log('Started', 'Runs');
    nest.warn('Slow', { run_id: '1' }, 'Runs');
    nest.error('Broken', 'Error: x\n    at y', 'Runs');
    nest.error(new Error('thrown'), 'Runs');
    expect(parsed()).toMatchObject([
      { level: 'info', msg: 'Started', context: 'Runs' },
      { level: 'warn', msg: 'Slow', run_id: '1', context: 'Runs' },
      { level: 'error', msg: 'Broken', err: { stack: expect.stringContaining('at y') } },
      { level: 'error', msg: 'thrown', err: { message: 'thrown' } },
    ]);
  });

  it('keeps the wiring of Nest to the debug level', () => {
    const quiet = recordingLogger();
    new NestLogger(quiet.logger).log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(quiet.lines).toEqual([]);
    const loud = recordingLogger('debug');
    new NestLogger(loud.logger).log('Mapped {/x, GET} route', 'RouterExplorer');
    expect(loud.parsed()).toMatchObject([{ level: 'debug' }]);
  });
});
