import type { Environment } from './environments.js';
import type { Parser } from './parsers/parser.js';
import type { ProcessName } from './processes.js';

export type ConfigClass<C extends object = object> = new () => C;

/** What `@Variable` says about a field beyond its name and parser. The field's initial value is its default. */
export interface VariableOptions<T> {
  /** Never shown in a message; `NAME_FILE` may name a file that holds it instead. */
  secret?: boolean;
  /** What to set it to, as a sentence's end: `at least 32 random characters`. */
  hint?: string;
  /** Staging and production refuse to start without it. */
  required?: boolean;
  /** Makes a value for development and tests, kept in the data folder from then on. */
  generate?: () => string;
  /** Defaults that differ from the field's initial value. */
  byEnvironment?: Partial<Record<Environment, T>>;
  byProcess?: Partial<Record<ProcessName, T>>;
  /** A second variable to take the value from; its own default is the field's. */
  fallback?: string;
  /** Variables that together say the same in pieces; read only when this one is not set. */
  parts?: PartsOf<T>;
}

/** A config class of the pieces, and how a value is put together from them. */
export interface PartsOf<T> {
  of: ConfigClass;
  join: (pieces: never) => T;
}

export interface VariableDeclaration extends VariableOptions<unknown> {
  field: string;
  name: string;
  parser: Parser<unknown>;
}

const declared = new Map<object, VariableDeclaration[]>();

/**
 * Declares which variable a field of a config class comes from.
 * @param name the variable, in capitals
 * @param parser turns its text into the field's value
 */
export function Variable<T>(name: string, parser: Parser<T>, options: VariableOptions<T> = {}) {
  return <K extends string>(target: { [key in K]?: T | undefined }, field: K): void => {
    const list = declared.get(target) ?? [];
    list.push({ ...(options as VariableOptions<unknown>), field, name, parser });
    declared.set(target, list);
  };
}

/** The variables of a config class in the order of its fields. */
export function variablesOf(type: ConfigClass): readonly VariableDeclaration[] {
  return declared.get(type.prototype as object) ?? [];
}
