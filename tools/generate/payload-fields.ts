import { getMetadataStorage } from 'class-validator';

export interface PayloadField {
  field: string;
  /** Its class-validator rules in words. */
  rules: string;
}

/** The fields of a message class and their rules, in the order they are declared. */
export function describePayload(type: new () => object): PayloadField[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const fields = new Map<string, string[]>();
  // Decorators of one field run from the last to the first.
  for (const { propertyName, name, type: kind, constraints, each } of metadata) {
    const rule = wordsFor(name ?? kind, constraints as readonly unknown[] | undefined);
    fields.set(propertyName, [each ? `each ${rule}` : rule, ...(fields.get(propertyName) ?? [])]);
  }
  return [...fields].map(([field, rules]) => ({ field, rules: rules.join(', ') }));
}

/** `isLength` with 1 and 998 → `length 1 998`; options objects are left out. */
function wordsFor(rule: string, constraints: readonly unknown[] = []): string {
  const words = rule
    .replace(/^(is|array)(?=[A-Z])/, '')
    .replace(/(?<!^)([A-Z])/g, ' $1')
    .toLowerCase();
  const limits = constraints.filter((limit) => typeof limit === 'number' || typeof limit === 'string');
  return [words === 'conditional validation' ? 'optional' : words, ...limits].join(' ');
}
