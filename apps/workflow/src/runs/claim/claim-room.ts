/** For how many runs a replica has room. */
export interface ClaimRoom {
  /** Most runs of one claim. */
  most: number;
  /** For each owner of whom it holds none. */
  ofOthers: number;
  /** For each owner of whom it holds some. */
  ofHeld: ReadonlyMap<string, number>;
  /** Somebody has as many as they may: when one of the runs ends there may be another one to claim. */
  isTight: boolean;
}

/**
 * Says what a replica may claim. It holds twice `concurrency` at most, and of no owner more than there is room left: of one
 * alone `concurrency`, of the next half as many, and for another one there is always room (Choudhury and Hahne, Dynamic
 * Queue Length Thresholds for Shared-Memory Packet Switches, 1998).
 * @param concurrency runs of one owner when there is no other
 * @param batch most runs of one claim
 * @param held how many it holds now, by owner
 */
export function claimRoom(concurrency: number, batch: number, held: ReadonlyMap<string, number>): ClaimRoom {
  const total = [...held.values()].reduce((sum, count) => sum + count, 0);
  const free = Math.max(0, 2 * concurrency - total);
  // Whoever takes half of what is free beyond their own has as many as are free then.
  const roomOf = (count: number): number => Math.max(0, Math.ceil((free - count) / 2));
  const ofHeld = new Map([...held].map(([owner, count]) => [owner, roomOf(count)]));
  const isTight = free === 0 || [...ofHeld.values()].includes(0);
  return { most: Math.min(batch, free), ofOthers: roomOf(0), ofHeld, isTight };
}

/** Of runs that a replica may begin those that it has room for, the first ones. */
export function withinRoom<Run extends { userId: string }>(runs: readonly Run[], room: ClaimRoom): Run[] {
  const taken = new Map<string, number>();
  return runs
    .filter(({ userId }) => {
      const count = (taken.get(userId) ?? 0) + 1;
      taken.set(userId, count);
      return count <= (room.ofHeld.get(userId) ?? room.ofOthers);
    })
    .slice(0, room.most);
}
