/** The steps that an expression may read: those before it in its list, and in the lists around it. */
export class VisibleSteps {
  private readonly own = new Set<unknown>();

  constructor(private readonly around?: VisibleSteps) {}

  add(id: unknown): void {
    this.own.add(id);
  }

  has(id: string): boolean {
    return this.own.has(id) || (this.around?.has(id) ?? false);
  }
}
