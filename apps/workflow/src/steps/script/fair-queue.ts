/** A queue in which owners take turns, so that one who has much to do does not keep the others waiting. */
export class FairQueue<T> {
  /** Whoever is first in the map is next. */
  private readonly byOwner = new Map<string, T[]>();

  add(owner: string, item: T): void {
    const mine = this.byOwner.get(owner);
    if (mine === undefined) this.byOwner.set(owner, [item]);
    else mine.push(item);
  }

  /** The next item; undefined when there is none. */
  take(): T | undefined {
    for (const [owner, mine] of this.byOwner) {
      const item = mine.shift();
      this.byOwner.delete(owner);
      if (mine.length > 0) this.byOwner.set(owner, mine);
      return item;
    }
    return undefined;
  }

  /** @returns whether it was there */
  remove(owner: string, item: T): boolean {
    const mine = this.byOwner.get(owner) ?? [];
    const rest = mine.filter((each) => each !== item);
    if (rest.length === 0) this.byOwner.delete(owner);
    else this.byOwner.set(owner, rest);
    return rest.length < mine.length;
  }

  get isEmpty(): boolean {
    return this.byOwner.size === 0;
  }
}
