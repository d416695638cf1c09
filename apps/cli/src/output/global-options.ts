import { Injectable } from '@nestjs/common';

/** The flags that every command understands. Set while the command line is parsed, before a command runs. */
@Injectable()
export class GlobalOptions {
  /** Print results as JSON, for scripts. */
  json = false;
}
