import type { LoadContext } from './load-context.js';
import { checkRules } from './check-rules.js';
import { groupsOf } from './group.decorator.js';
import { isDeployed } from './environments.js';
import { missing } from './mistakes.js';
import { readVariable } from './read-variable.js';
import { resolveVariable, type Resolved } from './resolve-variable.js';
import { variablesOf, type ConfigClass, type PartsOf, type VariableDeclaration } from './variable.decorator.js';

/**
 * One config object, its mistakes collected in the context.
 * @param prefix stands before the name of each variable of the class: a group's
 */
export function fillConfig<C extends object>(type: ConfigClass<C>, context: LoadContext, prefix = ''): C {
  const config = new type();
  const fields = config as Record<string, unknown>;
  const resolved = variablesOf(type).map((declared) => {
    const declaration = { ...declared, name: prefix + declared.name };
    const initial = fields[declared.field];
    const result = resolve(declaration, initial, context);
    if (result !== undefined) fields[declared.field] = result.value;
    return { declaration, initial, result };
  });
  checkRules(config, resolved, context);
  for (const group of groupsOf(type)) fields[group.field] = fillConfig(group.of, context, prefix + group.prefix);
  return config;
}

function resolve(declaration: VariableDeclaration, initial: unknown, context: LoadContext): Resolved | undefined {
  const { parts } = declaration;
  if (parts === undefined || readVariable(declaration, context) !== undefined) {
    return resolveVariable(declaration, initial, context);
  }
  return joinPieces(declaration, parts, context);
}

/** Puts a value together from the variables that name its pieces: DATABASE_URL from DB_HOST, DB_PORT and so on. */
function joinPieces(
  declaration: VariableDeclaration,
  parts: PartsOf<unknown>,
  context: LoadContext,
): Resolved | undefined {
  const given = variablesOf(parts.of).some(({ name }) => context.variables[name] || context.variables[`${name}_FILE`]);
  if (declaration.required && !given && isDeployed(context.environment)) {
    context.mistakes.add(missing(declaration));
    return undefined;
  }
  return { value: parts.join(fillConfig(parts.of, context) as never) };
}
