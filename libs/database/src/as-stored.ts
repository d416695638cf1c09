/**
 * A JSON value as a `jsonb` column gives it back: members of objects in the order of PostgreSQL, shorter names first. Whoever
 * has a value that was written, and does not read it again, sees with this what a reader sees.
 */
export function asStored(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asStored);
  const members = Object.entries(value).sort(([a], [b]) => compareNames(a, b));
  return Object.fromEntries(members.map(([name, member]) => [name, asStored(member)]));
}

function compareNames(a: string, b: string): number {
  const [first, second] = [Buffer.from(a), Buffer.from(b)];
  return first.length - second.length || Buffer.compare(first, second);
}
