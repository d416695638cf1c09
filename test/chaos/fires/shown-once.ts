/** Most answers that are kept: of one zone's clocks some, and then of the next one's. */
const MOST = 50_000;

/**
 * Lets `Intl` say once what a zone's clocks show at a moment, in this thread: the libraries ask for the same minutes line by
 * line, and the answers are half of their time. They do not change them.
 */
export function showOnce(): void {
  const { prototype } = Intl.DateTimeFormat;
  const show = Object.getOwnPropertyDescriptor(prototype, 'formatToParts')?.value as Show;
  let count = 0;
  let shown = new WeakMap<Intl.DateTimeFormat, Map<number, Intl.DateTimeFormatPart[]>>();
  prototype.formatToParts = function (this: Intl.DateTimeFormat, date?: Date | number): Intl.DateTimeFormatPart[] {
    if (date === undefined) return show.call(this, date);
    const ofThis = shown.get(this) ?? new Map<number, Intl.DateTimeFormatPart[]>();
    const known = ofThis.get(+date);
    if (known !== undefined) return known;
    if ((count += 1) % MOST === 0) shown = new WeakMap();
    else shown.set(this, ofThis);
    const parts = show.call(this, date);
    ofThis.set(+date, parts);
    return parts;
  };
}

type Show = (this: Intl.DateTimeFormat, date?: Date | number) => Intl.DateTimeFormatPart[];
