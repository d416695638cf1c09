const FRESH_MS = 3_600_000;
const RETRY_MS = 30_000;

/** What a provider says about itself: asked when it is first needed, and again after an hour. */
export class Discovered<T> {
  private known: { value: T; until: number } | undefined;
  private asking: Promise<T> | undefined;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly now: () => number = Date.now,
  ) {}

  /** However many ask at once, the provider is asked once. What was known is good while the provider is away. */
  get(): Promise<T> {
    if (this.known !== undefined && this.now() < this.known.until) return Promise.resolve(this.known.value);
    this.asking ??= this.renew().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async renew(): Promise<T> {
    try {
      const value = await this.ask();
      this.known = { value, until: this.now() + FRESH_MS };
      return value;
    } catch (error) {
      if (this.known === undefined) throw error;
      this.known.until = this.now() + RETRY_MS;
      return this.known.value;
    }
  }
}
