/**
 * A Map that forgets what was set longest ago when it is full: keys come from strangers, so their number must not
 * decide how much memory a process takes.
 */
export class BoundedMap<V> {
  private readonly entries = new Map<string, V>();

  /** @param most entries that are kept */
  constructor(private readonly most: number) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    return this.entries.get(key);
  }

  /** A key that is set again counts as new. */
  set(key: string, value: V): void {
    this.entries.delete(key);
    if (this.entries.size >= this.most) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    this.entries.set(key, value);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}
