import type { ReplicaRoom } from '@app/contracts';

/** How long what a replica said counts, in ms. It says it every other second at least, so one that fell silent is given no more. */
const COUNTS_FOR_MS = 2_500;
/** Replicas that are known of at a time; more than anybody runs. */
const MOST_REPLICAS = 1_000;

/** Runs that may be accepted in the name of one replica. */
export interface TakenRoom {
  owner: string;
  count: number;
}

/** What the replicas of the workflow service have room for, as far as they say. */
export class ReplicaRooms {
  private readonly rooms = new Map<string, { room: number; untilMs: number }>();

  /** @param monotonicNow in ms */
  constructor(private readonly monotonicNow: () => number = () => performance.now()) {}

  hear({ owner, room }: ReplicaRoom): void {
    if (!this.rooms.has(owner) && this.rooms.size >= MOST_REPLICAS) return;
    this.rooms.set(owner, { room, untilMs: this.monotonicNow() + COUNTS_FOR_MS });
  }

  /**
   * Takes room for up to `count` runs, of the replica that has most.
   * @returns undefined when nobody has any
   */
  take(count: number): TakenRoom | undefined {
    const now = this.monotonicNow();
    let widest: string | undefined;
    let most = 0;
    for (const [owner, { room, untilMs }] of this.rooms) {
      if (untilMs < now) this.rooms.delete(owner);
      else if (room > most) [widest, most] = [owner, room];
    }
    const place = widest === undefined ? undefined : this.rooms.get(widest);
    if (widest === undefined || place === undefined) return undefined;
    const taken = Math.min(count, place.room);
    place.room -= taken;
    return { owner: widest, count: taken };
  }
}
