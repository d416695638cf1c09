import { references, type Revealed } from './secret-reader.js';

/** Shorter values would be found in texts that do not hold them. */
const SHORTEST = 4;
/** Of texts that were made with a secret: "true" says nothing, and is found everywhere. */
const SHORTEST_MADE = 8;

/** Values that must not be kept, each with what stands in its place. */
export type Hidden = readonly (readonly [value: string, shown: string])[];

/** Secrets, with their references in their place. */
export function hiddenSecrets(secrets: Revealed): Hidden {
  const shown = references(Object.keys(secrets));
  return Object.entries(secrets).flatMap(([name, value]) => hiddenValue(value, shown[name] ?? ''));
}

/** A value in the forms in which it comes back: as it is, as part of a URL, a form or JSON, and as base64. */
export function hiddenValue(value: string, shown: string): Hidden {
  const inForm = new URLSearchParams([['', value]]).toString().slice(1);
  const forms = [value, encodeURIComponent(value), inForm, JSON.stringify(value).slice(1, -1)];
  if (value.length >= SHORTEST) forms.push(Buffer.from(value).toString('base64'));
  return [...new Set(forms)].map((form) => [form, shown]);
}

/**
 * The texts of a config that secrets are part of, in whatever way an expression put them there.
 * @param revealed the config with the secrets
 * @param shown the same with references in their place
 */
export function hiddenTexts(revealed: unknown, shown: unknown): Hidden {
  if (typeof revealed === 'string') return typeof shown === 'string' ? differing(revealed, shown) : [];
  if (typeof revealed !== 'object' || revealed === null || typeof shown !== 'object' || shown === null) return [];
  return Object.entries(revealed).flatMap(([name, member]) => hiddenTexts(member, Reflect.get(shown, name)));
}

/** A text, and what follows the scheme when it is one of credentials: `Basic dXNlcjpwYXNz`. */
function differing(revealed: string, shown: string): Hidden {
  if (revealed === shown) return [];
  const afterScheme = (text: string): string => /^[\w-]+ (\S+)$/.exec(text)?.[1] ?? '';
  const pairs: Hidden = [
    [revealed, shown],
    [afterScheme(revealed), afterScheme(shown)],
  ];
  return pairs.filter(([text]) => text.length >= SHORTEST_MADE);
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
