/**
 * A JSON value as text that is equal for equal values, whatever the order of members and however numbers were written:
 * RFC 8785, of which JavaScript's own numbers and texts are a part (§3.2.2).
 * @param value parsed JSON, not nested deeper than a body may be
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // By UTF-16 code units (§3.2.3), which is what sort() does.
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
