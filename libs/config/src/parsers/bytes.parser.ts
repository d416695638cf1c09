import type { Parser } from './parser.js';

const unitBytes = { b: 1, kib: 1_024, mib: 1_048_576, gib: 1_073_741_824 } as const;
type Unit = keyof typeof unitBytes;

/** A size: bytes, or with a binary unit (`64KiB`, `1MiB`). The value is in bytes. */
export const bytes: Parser<number> = {
  expects: 'a size such as 65536, 64KiB or 1MiB',
  parse: (text) => {
    const [, amount, unit = 'b'] = /^(\d{1,12})\s*(b|kib|mib|gib)?$/i.exec(text) ?? [];
    return amount === undefined ? undefined : Number(amount) * unitBytes[unit.toLowerCase() as Unit];
  },
  write: (value) => {
    if (value > 0 && value % unitBytes.mib === 0) return `${value / unitBytes.mib}MiB`;
    return value > 0 && value % unitBytes.kib === 0 ? `${value / unitBytes.kib}KiB` : String(value);
  },
};
