import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { HashFunctions } from './password-hasher.js';

/** Nice value of the threads: they get what nobody else on the machine wants at the moment. */
const NICENESS = 10;

/** A hash needs none of a thread's own memory for objects, but tens of MiB that are not counted here. */
const MEMORY = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 };

/**
 * What runs in a thread. As a text, because it must start from sources under the test runner and from compiled code
 * otherwise. On Linux `setPriority` is about the calling thread only; elsewhere it would be about the whole process.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { setPriority } = require('node:os');
const { hashSync, verifySync } = require(workerData.argon2);
if (process.platform === 'linux') setPriority(workerData.niceness);
const work = { hash: hashSync, verify: verifySync };
parentPort.on('message', ({ id, name, args }) => {
  try {
    parentPort.postMessage({ id, value: work[name](...args) });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error) });
  }
});`;

type Argon2 = HashFunctions['argon2id'];

interface Answer {
  id: number;
  value?: unknown;
  error?: string;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** One thread and what it has been asked for. */
class HashThread {
  readonly waiting = new Map<number, Waiting>();
  private readonly worker = new Worker(THREAD, {
    eval: true,
    resourceLimits: MEMORY,
    workerData: { argon2: createRequire(import.meta.url).resolve('@node-rs/argon2'), niceness: NICENESS },
  });

  constructor(private readonly ended: () => void) {
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('A thread for hashes has ended.')));
    // Nobody waits for it: it ends with the process.
    this.worker.unref();
  }

  ask(id: number, name: keyof Argon2, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.ref();
      this.worker.postMessage({ id, name, args });
    });
  }

  async terminate(): Promise<void> {
    await this.worker.terminate();
  }

  private settle({ id, value, error }: Answer): void {
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    if (this.waiting.size === 0) this.worker.unref();
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(error));
  }

  private fail(error: Error): void {
    this.ended();
    for (const asked of this.waiting.values()) asked.reject(error);
    this.waiting.clear();
  }
}

/**
 * Argon2id on threads of its own with a low priority: while a crowd signs in, the event loop and the database still get
 * the processor at once, and hashes what is left of it. One that ends for whatever reason fails its own work only.
 */
export class HashThreads implements Argon2 {
  private readonly threads = new Set<HashThread>();
  private lastId = 0;

  /** @param most threads; each is started when it is needed first */
  constructor(private readonly most: number) {}

  readonly hash: Argon2['hash'] = (...args) => this.ask('hash', args) as Promise<string>;

  readonly verify: Argon2['verify'] = (...args) => this.ask('verify', args) as Promise<boolean>;

  /** Ends all threads; what they were at fails. Nest calls it. */
  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
  }

  private ask(name: keyof Argon2, args: readonly unknown[]): Promise<unknown> {
    this.lastId += 1;
    return this.leastBusy().ask(this.lastId, name, args);
  }

  private leastBusy(): HashThread {
    const [best] = [...this.threads].sort((a, b) => a.waiting.size - b.waiting.size);
    if (best !== undefined && (best.waiting.size === 0 || this.threads.size >= this.most)) return best;
    const thread = new HashThread(() => this.threads.delete(thread));
    this.threads.add(thread);
    return thread;
  }
}
