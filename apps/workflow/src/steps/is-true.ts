/**
 * Whether the value of a condition counts as true, as JSONata's $boolean has it: not false, 0, '', null, nothing, nor
 * empty; a list counts when one of its members does.
 */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isTrue);
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}
