/** Cuts what a client sends to Redis into commands (RESP: arrays of bulk strings). */
export class RespReader {
  private buffered = Buffer.alloc(0);

  constructor(private readonly onCommand: (words: readonly Buffer[]) => void) {}

  read(chunk: Buffer): void {
    this.buffered = Buffer.concat([this.buffered, chunk]);
    for (let words = this.next(); words !== undefined; words = this.next()) this.onCommand(words);
  }

  /** The first command, taken out of the buffer; undefined when it is not whole yet. */
  private next(): Buffer[] | undefined {
    const words: Buffer[] = [];
    let at = 0;
    const header = (): number | undefined => {
      const end = this.buffered.indexOf('\r\n', at);
      if (end < 0) return undefined;
      const value = Number(this.buffered.toString('latin1', at + 1, end));
      at = end + 2;
      return value;
    };
    const count = header();
    if (count === undefined) return undefined;
    while (words.length < count) {
      const length = header();
      if (length === undefined || this.buffered.length < at + length + 2) return undefined;
      words.push(this.buffered.subarray(at, at + length));
      at += length + 2;
    }
    this.buffered = this.buffered.subarray(at);
    return words;
  }
}
