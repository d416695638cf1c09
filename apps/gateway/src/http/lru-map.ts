/** Keeps the `most` entries that were used last, and of those as many as weigh no more than `mostWeight` together. */
export class LruMap<K, V> {
  /** A Map keeps the order in which its keys were added: the first is the one that was not used for longest. */
  private readonly entries = new Map<K, V>();
  private weight = 0;

  /** @param weightOf what an entry weighs, the same each time; unless given, nothing */
  constructor(
    private readonly most: number,
    private readonly mostWeight = 0,
    private readonly weightOf: (value: V) => number = () => 0,
  ) {}

  get(key: K): V | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.delete(key);
    this.entries.set(key, value);
    this.weight += this.weightOf(value);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.most && this.weight <= this.mostWeight) return;
      this.delete(oldest);
    }
  }

  delete(key: K): void {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.entries.delete(key);
    this.weight -= this.weightOf(value);
  }
}
