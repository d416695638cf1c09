/**
 * Merges hints of the same name: the first goes out at once, those that follow within the window go out as one at its
 * end with their counts added up. So a busy sender publishes once per window however much it does.
 */
export class HintMerger<Name extends string> {
  private readonly open = new Map<Name, { count: number; timer: NodeJS.Timeout }>();

  /**
   * @param windowMs the least time between two sent hints of one name
   * @param send what sends a hint that stands for `count` of them
   */
  constructor(
    private readonly windowMs: number,
    private readonly send: (name: Name, count: number) => void,
  ) {}

  add(name: Name, count: number): void {
    const window = this.open.get(name);
    if (window !== undefined) {
      window.count += count;
      return;
    }
    this.openWindow(name);
    this.send(name, count);
  }

  /** Sends what waits for the end of its window now. */
  flush(): void {
    for (const [name, { count, timer }] of this.open) {
      clearTimeout(timer);
      this.open.delete(name);
      if (count > 0) this.send(name, count);
    }
  }

  private openWindow(name: Name): void {
    const timer = setTimeout(() => this.closeWindow(name), this.windowMs);
    this.open.set(name, { count: 0, timer });
  }

  private closeWindow(name: Name): void {
    const count = this.open.get(name)?.count ?? 0;
    this.open.delete(name);
    if (count === 0) return;
    this.openWindow(name);
    this.send(name, count);
  }
}
