import { groupsOf } from './group.decorator.js';
import { variablesOf, type ConfigClass, type VariableDeclaration } from './variable.decorator.js';

/** What the documents say about one variable, apart from its doc comment. */
export interface VariableDescription {
  name: string;
  /** The name of the class whose field declares it, and that field: where its doc comment stands. */
  owner: string;
  field: string;
  /** The kind of value, as in "expected …". */
  expects: string;
  secret: boolean;
  /** Staging and production do not start without it. */
  required: boolean;
  /** Development makes a value by itself. */
  generated: boolean;
  /** The default as it is written, and by environment or process where it differs; absent when there is none. */
  defaults: { always?: string; byEnvironment: Record<string, string>; byProcess: Record<string, string> };
  /** The variable it takes its value from when it is not set itself. */
  fallback?: string;
  /** The variable that wins over it. */
  onlyWithout?: string;
}

/** Every variable that the classes read, in order, with those of their groups and pieces. */
export function describeVariables(classes: readonly ConfigClass[]): VariableDescription[] {
  return classes.flatMap((type) => describeClass(type, ''));
}

function describeClass(type: ConfigClass, prefix: string, onlyWithout?: string): VariableDescription[] {
  const initial = new type() as Record<string, unknown>;
  const own = variablesOf(type).flatMap((declaration) => {
    const name = prefix + declaration.name;
    const one = describeVariable(type, { ...declaration, name }, initial[declaration.field]);
    const pieces = declaration.parts === undefined ? [] : describeClass(declaration.parts.of, '', name);
    return [{ ...one, ...(onlyWithout !== undefined && { onlyWithout }) }, ...pieces];
  });
  return [...own, ...groupsOf(type).flatMap((group) => describeClass(group.of, prefix + group.prefix))];
}

function describeVariable(type: ConfigClass, declaration: VariableDeclaration, initial: unknown): VariableDescription {
  const { name, field, parser, secret, required, generate, fallback, byEnvironment, byProcess } = declaration;
  const write = (values: object = {}) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, parser.write(value)]));
  return {
    name,
    owner: type.name,
    field,
    expects: parser.expects,
    secret: secret ?? false,
    required: required ?? false,
    generated: generate !== undefined,
    defaults: {
      ...(initial !== undefined && { always: parser.write(initial) }),
      byEnvironment: write(byEnvironment),
      byProcess: write(byProcess),
    },
    ...(fallback !== undefined && { fallback }),
  };
}
