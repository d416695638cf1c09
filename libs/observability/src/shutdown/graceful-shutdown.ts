import { Injectable } from '@nestjs/common';
import { HealthService } from '../health/health.service.js';

/** What a process does before it ends, in this order. Connections are closed after it, in Nest's shutdown hooks. */
export const ShutdownPhase = {
  /** Accept nothing new: stop listening, claiming, polling. */
  StopTaking: 0,
  /** Let what is under way come to an end, and hand back what cannot. */
  FinishWork: 1,
  /** Write what is still buffered. */
  Flush: 2,
} as const;
export type ShutdownPhase = (typeof ShutdownPhase)[keyof typeof ShutdownPhase];

export interface ShutdownHook {
  phase: ShutdownPhase;
  /** For the log line of one that failed or took too long. */
  name: string;
  run: () => unknown;
}

/** A hook that did not do its work. */
export interface ShutdownFailure {
  name: string;
  error: unknown;
}

/** Ends a process in order: not ready any more, then the hooks phase by phase, those of a phase side by side. */
@Injectable()
export class GracefulShutdown {
  private readonly hooks: ShutdownHook[] = [];
  private ended: Promise<readonly ShutdownFailure[]> | undefined;

  constructor(private readonly health: HealthService) {}

  /** Adds something to do before the end. */
  add(phase: ShutdownPhase, name: string, run: () => unknown): void {
    this.hooks.push({ phase, name, run });
  }

  /** Runs the hooks, once however often it is asked. Never rejects: one that fails keeps no other from running. */
  run(): Promise<readonly ShutdownFailure[]> {
    this.ended ??= this.runPhases();
    return this.ended;
  }

  private async runPhases(): Promise<readonly ShutdownFailure[]> {
    this.health.drain();
    const failures: ShutdownFailure[] = [];
    for (const phase of Object.values(ShutdownPhase)) {
      const hooks = this.hooks.filter((hook) => hook.phase === phase);
      const results = await Promise.allSettled(hooks.map(async ({ run }) => run()));
      for (const [index, result] of results.entries()) {
        if (result.status === 'rejected') failures.push({ name: hooks[index]?.name ?? '', error: result.reason });
      }
    }
    return failures;
  }
}
