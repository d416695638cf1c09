import { references, type Revealed } from './secret-reader.js';

/** Shorter values would be found in texts that do not hold them. */
const SHORTEST = 4;

/**
 * A receiver may send back what it was sent. Whatever is kept of an answer has the references in the place of the
 * values, in names of members too.
 */
export function withoutSecrets(value: unknown, secrets: Revealed): unknown {
  const shown = references(Object.keys(secrets));
  const pairs = Object.entries(secrets)
    .filter(([, secret]) => secret.length >= SHORTEST)
    // A secret that holds another one is taken out first.
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([name, secret]) => [secret, shown[name] ?? ''] as const);
  return pairs.length === 0 ? value : replaced(value, pairs);
}

function replaced(value: unknown, pairs: readonly (readonly [string, string])[]): unknown {
  if (typeof value === 'string') return pairs.reduce((text, [secret, shown]) => text.replaceAll(secret, shown), value);
  if (Array.isArray(value)) return value.map((item) => replaced(item, pairs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [replaced(key, pairs) as string, replaced(member, pairs)]),
  );
}
