import { references, type Revealed } from './secret-reader.js';

/** Shorter values would be found in texts that do not hold them. */
const SHORTEST = 4;

/** Values that must not be kept, each with what stands in its place. */
export type Hidden = readonly (readonly [value: string, shown: string])[];

/** Secrets, with their references in their place. */
export function hiddenSecrets(secrets: Revealed): Hidden {
  const shown = references(Object.keys(secrets));
  return Object.entries(secrets).map(([name, value]) => [value, shown[name] ?? '']);
}

/**
 * A receiver may send back what it was sent. Whatever is kept of an answer has something else in the place of the hidden
 * values, in names of members too.
 */
export function withoutSecrets(value: unknown, hidden: Hidden): unknown {
  const pairs = hidden
    .filter(([secret]) => secret.length >= SHORTEST)
    // A secret that holds another one is taken out first.
    .toSorted(([a], [b]) => b.length - a.length);
  return pairs.length === 0 ? value : replaced(value, pairs);
}

function replaced(value: unknown, pairs: Hidden): unknown {
  if (typeof value === 'string') return pairs.reduce((text, [secret, shown]) => text.replaceAll(secret, shown), value);
  if (Array.isArray(value)) return value.map((item) => replaced(item, pairs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [replaced(key, pairs) as string, replaced(member, pairs)]),
  );
}
