import { Injectable } from '@nestjs/common';
import { GlobalOptions } from './global-options.js';

/** Where commands put their results. */
@Injectable()
export class Output {
  constructor(private readonly options: GlobalOptions) {}

  /** Prints a result: its JSON with --json, its lines for a person otherwise. */
  print(result: object, lines: readonly string[]): void {
    const text = this.options.json ? JSON.stringify(result) : lines.join('\n');
    process.stdout.write(`${text}\n`);
  }
}
