/** Gives a slot back. */
export type Release = () => void;

interface Waiting {
  /** @param release nothing when the caller need not wait any more */
  settle(release: Release | undefined): void;
}

/**
 * The slots of the calls that this replica makes at the same time: of thousands of steps that could call somebody, most wait
 * here, where they cost nothing, instead of in a connection pool. An owner gets as many slots as are left free, so of one
 * alone half of them, of the next a quarter, and for another one there is room (Choudhury and Hahne, Dynamic Queue Length
 * Thresholds for Shared-Memory Packet Switches, 1998): whose receivers hang holds up nobody else. Owners who wait take turns.
 */
export class CallSlots {
  private free: number;
  private readonly held = new Map<string, number>();
  private readonly waiting = new Map<string, Set<Waiting>>();
  private isClosed = false;

  /** @param slots of all owners together */
  constructor(slots: number) {
    this.free = slots;
  }

  /**
   * The release of a slot: at once when there is room. Or nothing, when the signal has aborted or the process ends, or does so
   * before there is room.
   */
  take(owner: string, signal: AbortSignal): Release | undefined | Promise<Release | undefined> {
    if (this.isClosed || signal.aborted) return undefined;
    if (this.hasRoom(owner)) return this.give(owner);
    return new Promise((resolve) => {
      const waiting = this.waiting.get(owner) ?? new Set<Waiting>();
      this.waiting.set(owner, waiting);
      const leave = (): void => waiter.settle(undefined);
      const waiter: Waiting = {
        settle: (release) => {
          signal.removeEventListener('abort', leave);
          waiting.delete(waiter);
          if (waiting.size === 0) this.waiting.delete(owner);
          resolve(release);
        },
      };
      waiting.add(waiter);
      signal.addEventListener('abort', leave);
    });
  }

  /** The process is about to end: nobody gets a slot any more, and those who wait are told so. */
  close(): void {
    this.isClosed = true;
    for (const waiting of this.waiting.values()) for (const each of waiting) each.settle(undefined);
  }

  private hasRoom(owner: string): boolean {
    return this.free > (this.held.get(owner) ?? 0);
  }

  private give(owner: string): Release {
    this.free -= 1;
    this.held.set(owner, (this.held.get(owner) ?? 0) + 1);
    return () => {
      this.free += 1;
      const count = (this.held.get(owner) ?? 1) - 1;
      if (count === 0) this.held.delete(owner);
      else this.held.set(owner, count);
      this.goOn();
    };
  }

  /** Lets in as many as there is room for, from each owner in turn. */
  private goOn(): void {
    let next = this.next();
    while (next !== undefined) {
      const [owner, waiter] = next;
      waiter.settle(this.give(owner));
      const others = this.waiting.get(owner);
      if (others !== undefined) {
        // Whoever had a turn is the last to have the next one.
        this.waiting.delete(owner);
        this.waiting.set(owner, others);
      }
      next = this.next();
    }
  }

  private next(): [string, Waiting] | undefined {
    for (const [owner, waiting] of this.waiting) {
      const [first] = waiting;
      if (first !== undefined && this.hasRoom(owner)) return [owner, first];
    }
    return undefined;
  }
}
