import { describe, expectTypeOf, it } from 'vitest';
import type { CommandBus } from './command-bus.js';
import type { CommandHandlers } from './command-handlers.js';

/** Checked by the compiler: an error that does not happen fails the type check. */
describe('CommandHandlers', () => {
  it('names exactly the commands a service receives', () => {
    expectTypeOf<keyof CommandHandlers<'worker'>>().toEqualTypeOf<'jobs.waiting' | 'job.cancel'>();
    expectTypeOf<keyof CommandHandlers<'gateway'>>().toEqualTypeOf<
      'run.progressed' | 'tasks.waiting' | 'replica.room'
    >();
  });

  it('refuses a map with a handler missing', () => {
    // @ts-expect-error job.cancel has no handler
    const handlers: CommandHandlers<'worker'> = { 'jobs.waiting': () => undefined };
    void handlers;
  });

  it('refuses a map with a foreign handler', () => {
    const handlers: CommandHandlers<'worker'> = {
      'jobs.waiting': () => undefined,
      'job.cancel': () => undefined,
      // @ts-expect-error run.cancel goes to the workflow service
      'run.cancel': () => undefined,
    };
    void handlers;
  });

  it('lets a service send its own commands only', () => {
    expectTypeOf<Parameters<CommandBus<'worker'>['publish']>[0]>().toEqualTypeOf<'runs.waiting'>();
  });
});
