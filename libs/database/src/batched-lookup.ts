interface Waiting<Row> {
  resolve: (row: Row | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * Turns many small reads into few: what is asked for in one turn of the event loop, and while earlier reads are under way, is
 * read by one query.
 *
 * Guarantees: whoever asks is answered by a query that begins after they asked, so it sees everything that was acknowledged
 * before. When it fails, all whom it was for are told.
 */
export class BatchedLookup<Row> {
  private readonly waiting = new Map<string, Waiting<Row>[]>();
  private underWay = 0;

  /**
   * @param read finds the rows of some keys, each key once; those that it does not find are missing
   * @param most reads under way at once, and keys of one
   */
  constructor(
    private readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, Row>>,
    private readonly most = { reads: 2, keys: 500 },
  ) {}

  /** Undefined when there is no such row. */
  find(key: string): Promise<Row | undefined> {
    return new Promise((resolve, reject) => {
      const others = this.waiting.get(key);
      if (others === undefined) this.waiting.set(key, [{ resolve, reject }]);
      else others.push({ resolve, reject });
      if (this.underWay >= this.most.reads) return;
      this.underWay += 1;
      setImmediate(() => void this.readAll());
    });
  }

  private async readAll(): Promise<void> {
    while (this.waiting.size > 0) await this.readSome();
    this.underWay -= 1;
  }

  private async readSome(): Promise<void> {
    const taken = [...this.waiting].slice(0, this.most.keys);
    for (const [key] of taken) this.waiting.delete(key);
    try {
      const rows = await this.read(taken.map(([key]) => key));
      for (const [key, all] of taken) for (const { resolve } of all) resolve(rows.get(key));
    } catch (error) {
      for (const [, all] of taken) for (const { reject } of all) reject(error);
    }
  }
}
