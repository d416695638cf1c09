/**
 * The values of a list without those that are equal to an earlier one, as jsonata's `$distinct` has it (members of an
 * object in any order), in time linear in their size: jsonata compares each with each.
 */
export function distinctOf(list: readonly unknown[]): unknown[] {
  const plain = new Set<unknown>();
  const texts = new Set<string>();
  return list.filter((value) => {
    const isPlain = typeof value !== 'object' || value === null;
    const size = plain.size + texts.size;
    if (isPlain) plain.add(value);
    else texts.add(write(value));
    return plain.size + texts.size > size;
  });
}

/** A text that two values share exactly when they are equal. */
function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  // jsonata's functions are objects that hold their whole environment.
  if ('_jsonata_lambda' in value || '_jsonata_function' in value) return 'function';
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`).join(',')}}`;
}
