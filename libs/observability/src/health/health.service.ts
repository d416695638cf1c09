import { Injectable } from '@nestjs/common';

/** One thing a process depends on. */
export interface HealthCheck {
  /** Its key in the answer of /ready: `postgres`, `redis`, `migrations`. */
  name: string;
  /** Without a critical one the process is not ready; without another it is degraded and goes on. */
  critical: boolean;
  /** Rejects when it is down. */
  check: () => Promise<unknown>;
  /** Milliseconds after which it counts as down. */
  timeoutMs?: number;
}

/** The body of GET /ready: the overall status and `up` or `down` for each dependency. */
export interface ReadinessReport {
  status: 'ok' | 'degraded' | 'draining' | 'unavailable';
  [dependency: string]: string;
}

/** Knows whether this process is ready for work. Whoever owns a connection registers its check here. */
@Injectable()
export class HealthService {
  private readonly checks = new Map<string, HealthCheck>();
  private draining = false;
  private running: Promise<ReadinessReport> | undefined;

  /** Adds a dependency. A second one of the same name replaces the first. */
  register(check: HealthCheck): void {
    this.checks.set(check.name, check);
  }

  /** From now on the process is not ready, because it is about to end. */
  drain(): void {
    this.draining = true;
  }

  /** Asks every dependency. Callers at the same time share one round, so that probes cannot become a load. */
  report(): Promise<ReadinessReport> {
    this.running ??= this.askAll().finally(() => (this.running = undefined));
    return this.running;
  }

  private async askAll(): Promise<ReadinessReport> {
    const checks = [...this.checks.values()];
    const up = await Promise.all(checks.map((check) => isUp(check)));
    const states = checks.map(({ name }, index) => [name, up[index] ? 'up' : 'down'] as const);
    const unavailable = checks.some(({ critical }, index) => critical && !up[index]);
    const status = this.draining ? 'draining' : unavailable ? 'unavailable' : up.every(Boolean) ? 'ok' : 'degraded';
    return { status, ...Object.fromEntries(states) };
  }
}

/** Whether a process with this report takes work. */
export function isReady({ status }: ReadinessReport): boolean {
  return status === 'ok' || status === 'degraded';
}

async function isUp({ check, timeoutMs = 2_000 }: HealthCheck): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, timeoutMs, false)));
  const answered = Promise.resolve()
    .then(check)
    .then(
      () => true,
      () => false,
    );
  return Promise.race([answered, tooSlow]).finally(() => clearTimeout(timer));
}
