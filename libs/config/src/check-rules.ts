import { validateSync } from 'class-validator';
import type { LoadContext } from './load-context.js';
import { ruleBroken } from './mistakes.js';
import { defaultOf, type Resolved } from './resolve-variable.js';
import type { VariableDeclaration } from './variable.decorator.js';

export interface ResolvedField {
  declaration: VariableDeclaration;
  initial: unknown;
  /** Absent when the field already is a mistake: its rules would only repeat that. */
  result: Resolved | undefined;
}

/** Runs the class-validator rules of a config object and words what they find as mistakes of the variables. */
export function checkRules(config: object, resolved: readonly ResolvedField[], context: LoadContext): void {
  for (const { property, constraints = {} } of validateSync(config, { forbidUnknownValues: false })) {
    const found = resolved.find(({ declaration }) => declaration.field === property);
    if (found?.result === undefined) continue;
    const { declaration, result } = found;
    const origin = result.origin ?? { name: declaration.name, text: declaration.parser.write(result.value) };
    const byDefault = defaultOf(declaration, found.initial, context);
    for (const message of Object.values(constraints)) {
      context.mistakes.add(ruleBroken(declaration, origin, withoutField(message, property), byDefault));
    }
  }
}

/** class-validator begins its sentences with the field's name; ours begin with the variable's. */
function withoutField(message: string, field: string): string {
  return message.replace(new RegExp(`^(each value in )?${field} `), '$1');
}
