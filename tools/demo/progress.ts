import type { RunCounts } from './runs/run-counts.js';

const PLAIN_EVERY_MS = 2_000;
/** Of a terminal that does not tell. */
const DEFAULT_WIDTH = 80;

/** One line that says how far it is: redrawn in a terminal, now and then a new one elsewhere. */
export class Progress {
  private posted = 0;
  private counts: RunCounts = { started: 0, completed: 0, failed: 0, cancelled: 0 };
  private lastPlainAt = 0;

  constructor(
    private readonly total: number,
    private readonly out: NodeJS.WriteStream,
  ) {}

  post(): void {
    this.posted += 1;
    if (this.out.isTTY) this.draw();
  }

  count(counts: RunCounts): void {
    this.counts = counts;
    if (this.out.isTTY) this.draw();
    else if (Date.now() - this.lastPlainAt >= PLAIN_EVERY_MS) this.write();
  }

  /** The last state, to stay. */
  end(): void {
    if (this.out.isTTY) this.draw();
    else this.write();
    this.out.write('\n');
  }

  private draw(): void {
    this.out.write(`\r\u001B[2K${this.line().slice(0, (this.out.columns || DEFAULT_WIDTH) - 1)}`);
  }

  private write(): void {
    this.lastPlainAt = Date.now();
    this.out.write(`${this.line()}\n`);
  }

  private line(): string {
    const { started, completed, failed, cancelled } = this.counts;
    const underWay = Math.max(0, started - completed - failed - cancelled);
    const ends = `completed ${completed}, failed ${failed}${cancelled > 0 ? `, cancelled ${cancelled}` : ''}`;
    return `posted ${this.posted} of ${this.total} | under way ${underWay}, ${ends}`;
  }
}
