import type { ScriptsConfig } from '@app/config';
import type { OnApplicationShutdown } from '@nestjs/common';
import { FairQueue } from './fair-queue.js';
import type { ScriptOutcome, ScriptQuestion } from './sandbox-thread.js';
import { ScriptThread } from './script-thread.js';

/** A script that somebody wants to run. */
export interface ScriptRequest {
  /** Whose it is: owners take turns. */
  owner: string;
  /** Made when its turn has come, so that what waits costs no memory. */
  question: (limits: ScriptLimits) => ScriptQuestion;
  signal: AbortSignal;
}

/** What the operator allows a script. */
export type ScriptLimits = Pick<ScriptsConfig, 'timeoutMs' | 'memoryBytes'>;

interface Waiting extends ScriptRequest {
  resolve: (outcome: ScriptOutcome) => void;
  reject: (error: unknown) => void;
}

/**
 * The threads in which scripts run, each started when it is needed first. One that has to be ended is replaced, and
 * only its own script hears of it.
 */
export class ScriptThreads implements OnApplicationShutdown {
  private readonly threads = new Set<ScriptThread>();
  private readonly idle: ScriptThread[] = [];
  private readonly waiting = new FairQueue<Waiting>();

  constructor(private readonly config: ScriptLimits & Pick<ScriptsConfig, 'threads'>) {}

  /** @throws whatever the signal says when it aborts before there is an outcome, Error when no thread can be had */
  run(request: ScriptRequest): Promise<ScriptOutcome> {
    const { owner, signal } = request;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const waiting = { ...request, resolve, reject };
      const stop = () => this.waiting.remove(owner, waiting) && reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
      this.waiting.add(owner, waiting);
      this.work();
    });
  }

  /** Ends all threads; what they were at fails. Nest calls it. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
  }

  private work(): void {
    while (!this.waiting.isEmpty) {
      const thread = this.idle.pop() ?? this.another();
      if (thread === undefined) return;
      const next = this.waiting.take();
      if (next !== undefined) void this.perform(thread, next);
    }
  }

  private another(): ScriptThread | undefined {
    if (this.threads.size >= this.config.threads) return undefined;
    const thread = new ScriptThread();
    this.threads.add(thread);
    return thread;
  }

  private async perform(thread: ScriptThread, { question, signal, resolve, reject }: Waiting): Promise<void> {
    try {
      resolve(await thread.ask(question(this.config), signal));
    } catch (error) {
      reject(error);
    }
    if (thread.isAlive) this.idle.push(thread);
    else this.threads.delete(thread);
    this.work();
  }
}
