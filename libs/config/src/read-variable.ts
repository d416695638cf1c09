import { readFileSync } from 'node:fs';
import type { LoadContext } from './load-context.js';
import type { Origin } from './mistakes.js';
import type { VariableDeclaration } from './variable.decorator.js';

/**
 * The text a variable was given: by its own name, by `NAME_FILE` when it is a secret, or by its fallback.
 * Undefined when it was given nowhere; what contradicts itself or cannot be read becomes a mistake.
 */
export function readVariable(declaration: VariableDeclaration, context: LoadContext): Origin | undefined {
  const { name, fallback, parser } = declaration;
  const given = context.variables[name];
  const text = given === '' && parser.takesEmpty !== true ? undefined : given;
  if (text !== undefined) {
    if (declaration.secret && context.variables[`${name}_FILE`]) {
      context.mistakes.add(`${name} and ${name}_FILE are both set. Keep one of them.`);
    }
    return { name, text };
  }
  if (declaration.secret) return readSecretFile(name, context);
  const inherited = fallback === undefined ? undefined : context.variables[fallback];
  return inherited && fallback !== undefined ? { name: fallback, text: inherited } : undefined;
}

function readSecretFile(name: string, { variables, mistakes }: LoadContext): Origin | undefined {
  const path = variables[`${name}_FILE`];
  if (!path) return undefined;
  try {
    return { name, text: readFileSync(path, 'utf8').trimEnd() };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    mistakes.add(`${name}_FILE=${JSON.stringify(path)} cannot be read (${code}). Point it at a readable file.`);
    return undefined;
  }
}
