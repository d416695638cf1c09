import type { INestApplicationContext } from '@nestjs/common';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HealthService } from '../health/health.service.js';
import { createLogger } from '../logging/logger.js';
import { endOnSignals } from './end-process.js';
import { GracefulShutdown, ShutdownPhase } from './graceful-shutdown.js';

const lines: string[] = [];
const logger = createLogger('gateway', 'info', { write: (line) => void lines.push(line) });
const signals = ['SIGTERM', 'SIGINT'] as const;
const before = signals.map((signal) => process.listeners(signal));
const exit = vi.spyOn(process, 'exit');
let shutdown: GracefulShutdown;

/** What `endOnSignals` needs of a Nest application. */
function appWith(close: () => Promise<void>): INestApplicationContext {
  return { get: () => shutdown, close } as unknown as INestApplicationContext;
}

beforeEach(() => {
  lines.length = 0;
  shutdown = new GracefulShutdown(new HealthService());
  exit.mockReset().mockReturnValue(undefined as never);
});

afterEach(() => {
  for (const [index, signal] of signals.entries()) {
    const ours = process.listeners(signal).filter((listener) => !before[index]?.includes(listener));
    for (const listener of ours) process.off(signal, listener);
  }
});

afterAll(() => exit.mockRestore());

describe('endOnSignals', () => {
  it('finishes the hooks, closes the application, exits with 0 and calls nothing an error', async () => {
    const events: string[] = [];
    shutdown.add(ShutdownPhase.FinishWork, 'requests', () => events.push('finished'));
    endOnSignals(
      appWith(async () => void events.push('closed')),
      logger,
    );
    process.emit('SIGTERM', 'SIGTERM');
    await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(0));
    expect(events).toEqual(['finished', 'closed']);
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['info', 'info']);
  });

  it('ends with 1 when it takes too long', async () => {
    shutdown.add(ShutdownPhase.FinishWork, 'stuck', () => new Promise(() => {}));
    endOnSignals(
      appWith(() => Promise.resolve()),
      logger,
      10,
    );
    process.emit('SIGTERM', 'SIGTERM');
    await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(1));
    expect(lines.join()).toContain('did not stop in time');
  });

  it('ends with 1 and says which hook failed, after the others', async () => {
    const close = vi.fn(() => Promise.resolve());
    shutdown.add(ShutdownPhase.Flush, 'journal', () => Promise.reject(new Error('disk full')));
    endOnSignals(appWith(close), logger);
    process.emit('SIGTERM', 'SIGTERM');
    await vi.waitFor(() => expect(exit).toHaveBeenCalledWith(1));
    expect(close).toHaveBeenCalledOnce();
    expect(lines.join()).toContain('"hook":"journal"');
  });

  it('is not hurried by a second SIGTERM, but by a second Ctrl-C', async () => {
    let finish: (() => void) | undefined;
    shutdown.add(ShutdownPhase.FinishWork, 'slow', () => new Promise<void>((resolve) => (finish = resolve)));
    const close = () => Promise.resolve();
    endOnSignals(appWith(close), logger);
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGTERM', 'SIGTERM');
    await vi.waitFor(() => expect(finish).toBeDefined());
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGINT', 'SIGINT');
    expect(exit).toHaveBeenCalledWith(1);
    finish?.();
    await vi.waitFor(() => expect(exit).toHaveBeenLastCalledWith(0));
  });
});
