import type { FieldError } from '@app/contracts';
import type { StepDefinition } from '../definition.js';
import type { Expression } from '../expressions/expression.js';
import { compileBare, compileTemplate, type Template } from '../expressions/template.js';
import { isStepType, stepKind, stepTypes } from '../step-kinds/registry.js';
import { checkShape, joinPath } from './check-shape.js';
import { StepShape } from './definition.shape.js';
import { readsSecrets, referencedSteps } from './step-references.js';

const MAX_STEPS = 1_000;
const MAX_NESTING = 16;

/** Checks the steps of one definition: ids are unique over all lists, references only go to what can have run. */
export class StepListValidator {
  private readonly ids = new Set<string>();
  private readonly errors: FieldError[] = [];

  /** @param path JSON path of the list */
  check(steps: readonly unknown[], path: string): FieldError[] {
    if (steps.length === 0) this.errors.push({ field: path, message: 'must hold at least one step' });
    this.checkList(steps, path, new Set(), 1);
    return this.errors;
  }

  /** @param visible ids of the steps that an expression in this list may read; grows along the list */
  private checkList(steps: readonly unknown[], path: string, visible: ReadonlySet<string>, depth: number): void {
    if (depth > MAX_NESTING) {
      this.errors.push({ field: path, message: `is nested deeper than ${MAX_NESTING} lists: use a sub-workflow` });
      return;
    }
    const seen = new Set(visible);
    steps.forEach((step, i) => {
      const field = `${path}[${i}]`;
      const { value, errors } = checkShape(StepShape, step, field);
      this.errors.push(...errors);
      if (errors.some((error) => error.field === field || error.field === `${field}.config`)) return;
      this.checkId(value, field);
      this.checkOnError(value, steps.slice(i + 1), field);
      if (value.if !== undefined) this.checkExpression(value.if, `${field}.if`, seen);
      this.checkConfig(value, field, seen, depth);
      seen.add(value.id);
    });
  }

  private checkId({ id }: StepDefinition, field: string): void {
    if (this.ids.has(id))
      this.errors.push({ field: `${field}.id`, message: `'${id}' is taken by another step: rename one` });
    this.ids.add(id);
    if (this.ids.size === MAX_STEPS + 1) {
      this.errors.push({ field, message: `a workflow may have at most ${MAX_STEPS} steps: split it` });
    }
  }

  private checkOnError({ on_error }: StepDefinition, later: readonly unknown[], field: string): void {
    if (on_error === undefined || on_error === 'fail' || on_error === 'continue') return;
    const ids = later.map((step) =>
      typeof step === 'object' && step !== null ? (Reflect.get(step, 'id') as unknown) : '',
    );
    if (ids.includes(on_error)) return;
    this.errors.push({
      field: `${field}.on_error`,
      message: `must be 'fail', 'continue' or the id of a later step of the same list`,
    });
  }

  private checkConfig(step: StepDefinition, field: string, visible: ReadonlySet<string>, depth: number): void {
    if (!isStepType(step.type)) {
      this.errors.push({
        field: `${field}.type`,
        message: `'${step.type}' is not a step type: known are ${stepTypes.join(', ')}`,
      });
      return;
    }
    const kind = stepKind(step.type);
    const path = `${field}.config`;
    const { value: config, errors } = checkShape(
      kind.config,
      step.config,
      path,
      kind.isTemplate ? 'template' : 'value',
    );
    this.errors.push(...errors);
    if (errors.length > 0) return;
    const lists = kind.lists(config);
    for (const { field: part, text } of kind.bareExpressions(config))
      this.checkExpression(text, `${path}.${part}`, visible);
    if (kind.isTemplate) this.checkTemplates(step.config, path, visible);
    for (const list of lists) this.checkList(list.steps, `${path}.${list.field}`, visible, depth + 1);
  }

  private checkTemplates(value: unknown, path: string, visible: ReadonlySet<string>): void {
    if (Array.isArray(value)) {
      value.forEach((item, i) => this.checkTemplates(item, `${path}[${i}]`, visible));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) this.checkTemplates(member, joinPath(path, name), visible);
    } else if (typeof value === 'string') {
      this.guard(path, () =>
        expressionsIn(compileTemplate(value)).forEach((e) => this.checkReferences(e, path, visible)),
      );
    }
  }

  private checkExpression(text: string, path: string, visible: ReadonlySet<string>): void {
    this.guard(path, () => this.checkReferences(compileBare(text), path, visible));
  }

  private checkReferences(expression: Expression, path: string, visible: ReadonlySet<string>): void {
    if (readsSecrets(expression)) {
      this.errors.push({
        field: path,
        message: 'reads secrets, which expressions cannot do yet: only webhook signatures use them',
      });
    }
    for (const id of referencedSteps(expression)) {
      if (visible.has(id)) continue;
      this.errors.push({ field: path, message: `reads steps.${id}, which cannot have run yet: it must stand earlier` });
    }
  }

  private guard(path: string, check: () => void): void {
    try {
      check();
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown mistake';
      this.errors.push({ field: path, message: `is not a valid expression: ${reason}` });
    }
  }
}

function expressionsIn(template: Template): Expression[] {
  if (template.kind === 'expression') return [template.expression];
  return template.kind === 'text' ? template.parts.filter((part) => typeof part !== 'string') : [];
}
