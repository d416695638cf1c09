/** Calls wait here until so many of them have come, and go on in the same turn of the event loop; then it begins anew. */
export class Gathering {
  private waiting: (() => void)[] = [];

  constructor(private readonly size: number) {}

  /** Resolves when the last of them is here. */
  all(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.waiting.length >= this.size) for (const goOn of this.waiting.splice(0)) goOn();
    });
  }
}
