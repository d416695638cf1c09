import type { JobMessage } from '@app/messaging';

export interface FairSlotsOptions {
  /** How many attempts are under way at the same time, of all owners together. */
  slots: number;
  run: (message: JobMessage) => Promise<void>;
  /** Nothing of this owner waits here any more. */
  onDrained: () => void;
}

/** Messages that may wait here. What comes beyond them is dropped: the relay sends it again. */
const MOST_WAITING = 1_000;

/**
 * The slots of a worker whose attempts wait for others' servers. One owner whose receivers hang never holds all of them: of
 * the slots an owner gets as many as are left free, so of one alone a bit more than half, of the next half as many, and for
 * another one there is room (Choudhury and Hahne, Dynamic Queue Length Thresholds for Shared-Memory Packet Switches, 1998).
 * Who has no room waits in memory, and gives back the handler that was to do it.
 */
export class FairSlots {
  private free: number;
  private readonly held = new Map<string, number>();
  /** By owner and job: a message that is sent again takes the place of the one before. */
  private readonly waiting = new Map<string, Map<string, JobMessage>>();
  private readonly blocked: (() => void)[] = [];

  constructor(private readonly options: FairSlotsOptions) {
    this.free = options.slots;
  }

  /** Whether nobody waits for a slot. */
  isDrained(): boolean {
    return this.waiting.size === 0;
  }

  /** Resolves when the message is done, or waits for a slot of its owner's. While no slot is free at all it waits for one. */
  async take(message: JobMessage): Promise<void> {
    while (this.free === 0) await new Promise<void>((resolve) => this.blocked.push(resolve));
    if (this.hasRoom(ownerOf(message))) return this.work(message);
    this.keep(message);
  }

  private hasRoom(owner: string): boolean {
    return this.free > (this.held.get(owner) ?? 0);
  }

  private keep(message: JobMessage): void {
    const owner = ownerOf(message);
    const kept = this.waiting.get(owner) ?? new Map<string, JobMessage>();
    const total = [...this.waiting.values()].reduce((sum, { size }) => sum + size, 0);
    if (total >= MOST_WAITING && !kept.has(message.jobId)) return;
    this.waiting.set(owner, kept.set(message.jobId, message));
  }

  private async work(message: JobMessage): Promise<void> {
    const owner = ownerOf(message);
    this.free -= 1;
    this.held.set(owner, (this.held.get(owner) ?? 0) + 1);
    try {
      await this.options.run(message);
    } finally {
      this.free += 1;
      const count = (this.held.get(owner) ?? 1) - 1;
      if (count === 0) this.held.delete(owner);
      else this.held.set(owner, count);
      this.goOn(owner);
    }
  }

  /** A slot is free: for who had it, for messages that wait for any, for other owners, whoever has room first. */
  private goOn(owner: string): void {
    const wake = this.hasRoom(owner) && this.waiting.has(owner) ? undefined : this.blocked.shift();
    if (wake !== undefined) return wake();
    const next = [owner, ...this.waiting.keys()].find((each) => this.waiting.has(each) && this.hasRoom(each));
    const message = next === undefined ? undefined : this.next(next);
    if (message !== undefined) void this.work(message);
  }

  /** The first message of an owner that waits, which waits no more. */
  private next(owner: string): JobMessage | undefined {
    const kept = this.waiting.get(owner);
    const [message] = kept?.values() ?? [];
    if (kept === undefined || message === undefined) return undefined;
    kept.delete(message.jobId);
    if (kept.size === 0) {
      this.waiting.delete(owner);
      this.options.onDrained();
    }
    return message;
  }
}

/** What is the platform's own counts as one more owner. */
function ownerOf({ owner }: JobMessage): string {
  return owner ?? '';
}
