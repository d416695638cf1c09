import type { ConfigClass } from './variable.decorator.js';

export interface GroupDeclaration {
  field: string;
  prefix: string;
  of: ConfigClass;
}

const declared = new Map<object, GroupDeclaration[]>();

/**
 * Declares a field that is itself an object of variables, all with the same prefix.
 * @param prefix what stands before each of the group's names: `WORKER_EMAIL_`
 * @param of the class of the group; its `@Variable` names are written without the prefix
 */
export function Group<G extends object>(prefix: string, of: ConfigClass<G>) {
  return <K extends string>(target: { [key in K]?: G }, field: K): void => {
    declared.set(target, [...(declared.get(target) ?? []), { field, prefix, of }]);
  };
}

/** The groups of a config class in the order of its fields. */
export function groupsOf(type: ConfigClass): readonly GroupDeclaration[] {
  return declared.get(type.prototype as object) ?? [];
}
