import { createHash } from 'node:crypto';

/** A Lua script and the name that Redis knows it by once it has seen it. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
}

/** @param text of a script that reads and writes its KEYS alone and answers with whole numbers */
export function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}
