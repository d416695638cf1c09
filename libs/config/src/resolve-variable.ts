import { isDeployed } from './environments.js';
import type { LoadContext } from './load-context.js';
import { localSecret } from './local-secret.js';
import { missing, notParsed, wellKnown, type Origin } from './mistakes.js';
import { readVariable } from './read-variable.js';
import type { VariableDeclaration } from './variable.decorator.js';
import { isWellKnownSecret } from './well-known-secrets.js';

export interface Resolved {
  value: unknown;
  /** The text it came from; absent for a default. */
  origin?: Origin;
}

/**
 * A field's value: from its variable, else generated, else the default for this process and environment. Undefined
 * when that is a mistake, which is then in the context.
 * @param initial the field's initial value in its class
 */
export function resolveVariable(
  declaration: VariableDeclaration,
  initial: unknown,
  context: LoadContext,
): Resolved | undefined {
  const byDefault = defaultOf(declaration, initial, context);
  const origin = readVariable(declaration, context);
  if (origin !== undefined) return parse(declaration, origin, byDefault, context);
  const deployed = isDeployed(context.environment);
  if (declaration.generate !== undefined && !deployed) {
    const text = localSecret(context.dataDir, declaration.name, declaration.generate);
    return { value: declaration.parser.parse(text), origin: { name: declaration.name, text } };
  }
  if (declaration.required && deployed) {
    context.mistakes.add(missing(declaration));
    return undefined;
  }
  return { value: byDefault };
}

/** The default of a field in this process and environment. */
export function defaultOf(declaration: VariableDeclaration, initial: unknown, context: LoadContext): unknown {
  const ofProcess = context.process === undefined ? undefined : declaration.byProcess?.[context.process];
  return ofProcess ?? declaration.byEnvironment?.[context.environment] ?? initial;
}

function parse(
  declaration: VariableDeclaration,
  origin: Origin,
  byDefault: unknown,
  context: LoadContext,
): Resolved | undefined {
  const value = declaration.parser.parse(origin.text);
  if (value === undefined) {
    context.mistakes.add(notParsed(declaration, origin, byDefault));
    return undefined;
  }
  if (declaration.secret && isDeployed(context.environment) && isWellKnownSecret(origin.text)) {
    context.mistakes.add(wellKnown(declaration));
  }
  return { value, origin };
}
