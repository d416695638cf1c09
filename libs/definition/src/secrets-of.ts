import { parseOnly } from './expressions/bounded-ast.js';
import { foundExpressions } from './expressions/found-expressions.js';
import { inTurns } from './in-turns.js';
import { referencesIn } from './validation/step-references.js';

/** What has not the word, and cannot spell it with an escape, need not be parsed. */
const MAY_READ_SECRETS = /secrets|\\/;

/** At once when they are known. */
export type SecretNames = () => readonly string[] | Promise<readonly string[]>;

/**
 * The names of the secrets that the expressions of templates read. They are looked for once, when somebody first asks, and
 * everything else of the process has its turn meanwhile.
 */
export function secretsOf(templates: readonly unknown[]): SecretNames {
  let names: ReturnType<SecretNames> | undefined;
  return () => (names ??= inTurns(namesIn(templates)).then((found) => (names = found)));
}

function* namesIn(templates: readonly unknown[]): Generator<void, string[]> {
  const texts = new Set<string>();
  for (const template of templates) {
    for (const found of foundExpressions(template, '')) {
      if (found !== undefined && MAY_READ_SECRETS.test(found.text)) texts.add(found.text);
      yield;
    }
  }
  const names = new Set<string>();
  for (const text of texts) {
    for (const name of referencesIn(parseOnly(text)).secrets) if (name !== undefined) names.add(name);
    yield;
  }
  return [...names];
}
