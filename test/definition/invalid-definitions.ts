import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A definition that is refused. */
export interface InvalidDefinition {
  /** JSON path of the mistake. */
  field: string;
  /** A part of the sentence that says how to mend it. */
  says: string;
  /** It is a mistake of shape, which the JSON Schema of a definition knows too. */
  shape?: true;
  definition: unknown;
}

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'invalid');

/**
 * The definitions of test/fixtures/invalid by their names. What is long is written there as {"$times": 3, "$of": "x"}, a text,
 * or as the only member of a list, whose members then are equal but for their number, which `#` stands for.
 */
export function invalidDefinitions(): (InvalidDefinition & { name: string })[] {
  return readdirSync(FOLDER).flatMap((file) => {
    const cases = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'), expand) as Record<string, InvalidDefinition>;
    return Object.entries(cases).map(([name, invalid]) => ({ name, ...invalid }));
  });
}

function expand(_: string, value: unknown): unknown {
  if (Array.isArray(value) && value.length === 1 && isList(value[0])) return value[0];
  if (typeof value !== 'object' || value === null || !('$times' in value && '$of' in value)) return value;
  const { $times: times, $of: of } = value;
  if (typeof of === 'string' && of.length === 1) return of.repeat(Number(times));
  const text = JSON.stringify(of);
  const members = Array.from(
    { length: Number(times) },
    (__, i) => JSON.parse(text.replaceAll('#', String(i))) as unknown,
  );
  return Object.assign(members, { isExpanded: true });
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && 'isExpanded' in value;
}
