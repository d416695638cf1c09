/**
 * A value as JSON has it: what is kept in memory is what the journal will give back after a crash. Functions and
 * undefined members disappear, jsonata's marks on arrays too; numbers that JSON lacks become null.
 */
export function plainData(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((item) => plainData(item) ?? null);
  if (typeof value !== 'object' || isFunction(value)) return undefined;
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const plain = plainData(member);
    if (plain !== undefined) setOwn(result, key, plain);
  }
  return result;
}

/** jsonata's functions are objects that hold their whole environment. */
function isFunction(value: object): boolean {
  return '_jsonata_lambda' in value || '_jsonata_function' in value;
}

/** `__proto__` in data is a member like any other, not the prototype. */
function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}
