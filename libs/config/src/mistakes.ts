import type { VariableDeclaration } from './variable.decorator.js';

/** Where a value came from, for the messages. */
export interface Origin {
  name: string;
  text: string;
}

/** `NAME=value`, or only the name when the value is a secret. */
function quote({ secret }: VariableDeclaration, { name, text }: Origin): string {
  return secret ? name : `${name}=${JSON.stringify(text)}`;
}

function remedy(declaration: VariableDeclaration, { name }: Origin, byDefault: unknown): string {
  if (declaration.hint !== undefined) return `Set it to ${declaration.hint}.`;
  if (byDefault === undefined) return 'Correct it or remove it.';
  return `Correct it, or remove ${name} to use the default, ${declaration.parser.write(byDefault) || 'none'}.`;
}

/** The text is not of the variable's kind. */
export function notParsed(declaration: VariableDeclaration, origin: Origin, byDefault: unknown): string {
  const { expects } = declaration.parser;
  return `${quote(declaration, origin)}: expected ${expects}. ${remedy(declaration, origin, byDefault)}`;
}

/** The value is of the right kind and breaks a rule. */
export function ruleBroken(declaration: VariableDeclaration, origin: Origin, rule: string, byDefault: unknown): string {
  return `${quote(declaration, origin)} ${rule}. ${remedy(declaration, origin, byDefault)}`;
}

/** A variable that has no default here. */
export function missing({ name, hint, secret, parser }: VariableDeclaration): string {
  const file = secret ? `, or ${name}_FILE to the path of a file that holds it` : '';
  return `${name} is missing. Set it to ${hint ?? parser.expects}${file}.`;
}

/** A secret that stands in a document or an example, so that everybody knows it. */
export function wellKnown({ name, hint, parser }: VariableDeclaration): string {
  return `${name} is a default that everybody knows. Set it to ${hint ?? parser.expects}.`;
}
