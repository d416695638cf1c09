import type { FieldError } from '@app/contracts';
import type { Bounds } from '../bounds.js';
import type { Probe, StepDefinition } from '../definition.js';
import type { Expression } from '../expressions/expression.js';
import { compileBare, compileTemplate, expressionsIn } from '../expressions/template.js';
import { compileScript } from '../scripts/script.js';
import { HttpRequestConfig } from '../step-kinds/http-request.kind.js';
import { isStepType, stepKind, stepTypes } from '../step-kinds/registry.js';
import type { StepKind, StepList } from '../step-kinds/step-kind.js';
import { checkShape, joinPath } from './check-shape.js';
import { StepShape } from './definition.shape.js';
import { referencedSecrets, referencedSteps } from './step-references.js';

/** Characters of all scripts together: parsing them takes time of the process that saves. */
const MAX_SCRIPTS = 131_072;

/** Checks the steps of one definition: ids are unique over all lists, references only go to what can have run. */
export class StepListValidator {
  private readonly ids = new Set<string>();
  private readonly errors: FieldError[] = [];
  private scriptCharacters = 0;

  constructor(private readonly bounds: Bounds) {}

  /** @param path JSON path of the list */
  check(steps: readonly unknown[], path: string): FieldError[] {
    if (steps.length === 0) this.errors.push({ field: path, message: 'must hold at least one step' });
    this.checkList(steps, path, new Set(), 1);
    return this.errors;
  }

  /**
   * @param visible ids of the steps that an expression in this list may read; grows along the list
   * @returns what it has grown to
   */
  private checkList(
    steps: readonly unknown[],
    path: string,
    visible: ReadonlySet<string>,
    depth: number,
  ): ReadonlySet<string> {
    const { maxNesting } = this.bounds;
    if (depth > maxNesting) {
      const message = `is nested deeper than ${maxNesting} lists (WORKFLOW_MAX_NESTING): use a sub-workflow`;
      this.errors.push({ field: path, message });
      return visible;
    }
    const seen = new Set(visible);
    steps.forEach((step, i) => {
      const field = `${path}[${i}]`;
      const { value, errors } = checkShape(StepShape, step, field);
      this.errors.push(...errors);
      if (errors.some((error) => error.field === field || error.field === `${field}.config`)) return;
      this.checkId(value, field);
      this.checkOnError(value, steps.slice(i + 1), field);
      if (typeof value.if === 'string') this.checkExpression(value.if, `${field}.if`, seen);
      this.checkConfig(value, field, seen, depth);
      seen.add(value.id);
    });
    return seen;
  }

  private checkId({ id }: StepDefinition, field: string): void {
    if (typeof id !== 'string') return;
    if (this.ids.has(id))
      this.errors.push({ field: `${field}.id`, message: `'${id}' is taken by another step: rename one` });
    this.ids.add(id);
    const { maxSteps } = this.bounds;
    if (this.ids.size === maxSteps + 1) {
      const message = `a workflow may have at most ${maxSteps} steps (WORKFLOW_MAX_STEPS): split it`;
      this.errors.push({ field, message });
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
    if (typeof step.type !== 'string') return;
    if (!isStepType(step.type)) {
      this.errors.push({
        field: `${field}.type`,
        message: `'${step.type}' is not a step type: known are ${stepTypes.join(', ')}`,
      });
      return;
    }
    const kind = stepKind(step.type);
    const path = `${field}.config`;
    this.checkOptions(step, kind, field);
    const { value: config, errors } = checkShape(
      kind.config,
      step.config,
      path,
      kind.isTemplate ? 'template' : 'value',
    );
    this.errors.push(...errors);
    if (errors.length > 0) return;
    this.checkIterations(kind.loop(config).maxIterations ?? 1, `${path}.max_iterations`);
    if (kind.isTemplate) this.checkTemplates(step.config, path, visible, kind.readsSecrets);
    if (typeof step.probe === 'object' && step.probe !== null) this.checkProbe(step.probe, `${field}.probe`, visible);
    const inside = this.checkLists(kind.lists(config), path, visible, depth);
    for (const expression of kind.bareExpressions(config)) {
      this.checkExpression(
        expression.text,
        `${path}.${expression.field}`,
        expression.inside === true ? inside : visible,
      );
    }
    for (const script of kind.scripts(config)) this.checkScript(script.text, `${path}.${script.field}`);
  }

  private checkIterations(iterations: number, field: string): void {
    const { maxIterations } = this.bounds;
    if (iterations <= maxIterations) return;
    this.errors.push({ field, message: `must not be greater than ${maxIterations} (WORKFLOW_MAX_ITERATIONS)` });
  }

  /** Options that a type would ignore are refused: whoever wrote them expects something of them. */
  private checkOptions(step: StepDefinition, { without }: StepKind, field: string): void {
    for (const option of without) {
      if (step[option] === undefined) continue;
      this.errors.push({ field: `${field}.${option}`, message: `has no meaning for ${step.type}: remove it` });
    }
  }

  private checkProbe({ request, expression }: Probe, field: string, visible: ReadonlySet<string>): void {
    const { value, errors } = checkShape(HttpRequestConfig, request, `${field}.request`, 'template');
    this.errors.push(...errors);
    if (errors.length === 0 && value.method !== 'GET' && value.method !== 'HEAD') {
      const message = 'must be GET or HEAD: a probe only looks';
      this.errors.push({ field: `${field}.request.method`, message });
    }
    this.checkTemplates(request, `${field}.request`, visible, true);
    if (typeof expression === 'string') this.checkExpression(expression, `${field}.expression`, visible);
  }

  /** @returns the ids that can be read where the first of the lists ends */
  private checkLists(
    lists: readonly StepList[],
    path: string,
    visible: ReadonlySet<string>,
    depth: number,
  ): ReadonlySet<string> {
    let first: ReadonlySet<string> | undefined;
    for (const { field, steps } of lists) {
      const place = `${path}.${field}`;
      if (!Array.isArray(steps)) this.errors.push({ field: place, message: 'must be a list of steps' });
      else {
        const inside = this.checkList(steps, place, visible, depth + 1);
        first ??= inside;
      }
    }
    return first ?? visible;
  }

  private checkTemplates(value: unknown, path: string, visible: ReadonlySet<string>, mayReadSecrets: boolean): void {
    if (Array.isArray(value)) {
      value.forEach((item, i) => this.checkTemplates(item, `${path}[${i}]`, visible, mayReadSecrets));
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        this.checkTemplates(member, joinPath(path, name), visible, mayReadSecrets);
      }
    } else if (typeof value === 'string') {
      this.guard(path, () =>
        expressionsIn(compileTemplate(value)).forEach((e) => this.checkReferences(e, path, visible, mayReadSecrets)),
      );
    }
  }

  private checkExpression(text: string, path: string, visible: ReadonlySet<string>): void {
    this.guard(path, () => this.checkReferences(compileBare(text), path, visible, false));
  }

  private checkScript(code: string, path: string): void {
    const before = this.scriptCharacters;
    this.scriptCharacters += code.length;
    try {
      if (this.scriptCharacters <= MAX_SCRIPTS) compileScript(code);
      else if (before <= MAX_SCRIPTS) {
        const message = `takes the scripts of the workflow past ${MAX_SCRIPTS} characters: use sub-workflows`;
        this.errors.push({ field: path, message });
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown mistake';
      this.errors.push({ field: path, message: `is not valid JavaScript: ${reason}` });
    }
  }

  private checkReferences(
    expression: Expression,
    path: string,
    visible: ReadonlySet<string>,
    mayReadSecrets: boolean,
  ): void {
    const secrets = referencedSecrets(expression);
    if (secrets.length > 0 && !mayReadSecrets) {
      const message = 'reads secrets, which only the config of http.request may: they must not reach the journal';
      this.errors.push({ field: path, message });
    } else if (secrets.includes(undefined)) {
      this.errors.push({ field: path, message: 'reads secrets without saying which: write secrets.<name>' });
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
