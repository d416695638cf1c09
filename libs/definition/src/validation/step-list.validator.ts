import type { Bounds } from '../bounds.js';
import type { Probe, StepDefinition } from '../definition.js';
import { bareText } from '../expressions/template.js';
import { compileScript } from '../scripts/script.js';
import { HttpRequestConfig } from '../step-kinds/http-request.kind.js';
import { isStepType, stepKind, stepTypes } from '../step-kinds/registry.js';
import type { StepKind, StepList } from '../step-kinds/step-kind.js';
import { checkShape } from './check-shape.js';
import { StepShape } from './definition.shape.js';
import { CheckedExpressions } from './checked-expressions.js';
import type { Mistakes } from './mistakes.js';
import { foundExpressions } from '../expressions/found-expressions.js';
import { VisibleSteps } from './visible-steps.js';

/** Characters of all scripts together: parsing them takes time of the process that saves. */
const MAX_SCRIPTS = 131_072;

/**
 * Checks the steps of one definition: ids are unique over all lists, references only go to what can have run. It yields
 * between two things that each take little time.
 */
export class StepListValidator {
  private readonly ids = new Set<string>();
  private readonly expressions = new CheckedExpressions();
  private scriptCharacters = 0;

  constructor(
    private readonly bounds: Bounds,
    private readonly mistakes: Mistakes,
  ) {}

  /** @param path JSON path of the list */
  *check(steps: readonly unknown[], path: string): Generator<void, void> {
    if (steps.length === 0) this.mistakes.push({ field: path, message: 'must hold at least one step' });
    yield* this.checkList(steps, path, new VisibleSteps(), 1);
  }

  /**
   * @param around the steps that an expression in this list may read besides those of the list
   * @returns those that can be read where the list ends
   */
  private *checkList(
    steps: readonly unknown[],
    path: string,
    around: VisibleSteps,
    depth: number,
  ): Generator<void, VisibleSteps> {
    const { maxNesting } = this.bounds;
    if (depth > maxNesting) {
      const message = `is nested deeper than ${maxNesting} lists (WORKFLOW_MAX_NESTING): use a sub-workflow`;
      this.mistakes.push({ field: path, message });
      return around;
    }
    const seen = new VisibleSteps(around);
    let lastAt: ReadonlyMap<unknown, number> | undefined;
    for (const [i, step] of steps.entries()) {
      yield;
      const field = `${path}[${i}]`;
      const { value, errors } = checkShape(StepShape, step, field);
      this.mistakes.push(...errors);
      if (errors.some((error) => error.field === field || error.field === `${field}.config`)) continue;
      this.checkId(value, field);
      if (value.on_error !== undefined) {
        lastAt ??= new Map(steps.map((each, at) => [idOf(each), at]));
        this.checkOnError(value, (lastAt.get(value.on_error) ?? -1) > i, field);
      }
      if (typeof value.if === 'string') this.checkExpression(value.if, `${field}.if`, seen);
      yield* this.checkConfig(value, field, seen, depth);
      seen.add(value.id);
    }
    return seen;
  }

  private checkId({ id }: StepDefinition, field: string): void {
    if (typeof id !== 'string') return;
    if (this.ids.has(id))
      this.mistakes.push({ field: `${field}.id`, message: `'${id}' is taken by another step: rename one` });
    this.ids.add(id);
    const { maxSteps } = this.bounds;
    if (this.ids.size === maxSteps + 1) {
      const message = `a workflow may have at most ${maxSteps} steps (WORKFLOW_MAX_STEPS): split it`;
      this.mistakes.push({ field, message });
    }
  }

  private checkOnError({ on_error }: StepDefinition, isLater: boolean, field: string): void {
    if (on_error === 'fail' || on_error === 'continue' || isLater) return;
    this.mistakes.push({
      field: `${field}.on_error`,
      message: `must be 'fail', 'continue' or the id of a later step of the same list`,
    });
  }

  private *checkConfig(
    step: StepDefinition,
    field: string,
    visible: VisibleSteps,
    depth: number,
  ): Generator<void, void> {
    if (typeof step.type !== 'string') return;
    if (!isStepType(step.type)) {
      this.mistakes.push({
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
    this.mistakes.push(...errors);
    if (errors.length > 0) return;
    this.checkIterations(kind.loop(config).maxIterations ?? 1, `${path}.max_iterations`);
    if (kind.isTemplate) yield* this.checkTemplates(step.config, path, visible, kind.readsSecrets);
    if (typeof step.probe === 'object' && step.probe !== null) {
      yield* this.checkProbe(step.probe, `${field}.probe`, visible);
    }
    const inside = yield* this.checkLists(kind.lists(config), path, visible, depth);
    for (const expression of kind.bareExpressions(config)) {
      yield;
      this.checkExpression(
        expression.text,
        `${path}.${expression.field}`,
        expression.inside === true ? inside : visible,
      );
    }
    for (const script of kind.scripts(config)) {
      yield;
      this.checkScript(script.text, `${path}.${script.field}`);
    }
  }

  private checkIterations(iterations: number, field: string): void {
    const { maxIterations } = this.bounds;
    if (iterations <= maxIterations) return;
    this.mistakes.push({ field, message: `must not be greater than ${maxIterations} (WORKFLOW_MAX_ITERATIONS)` });
  }

  /** Options that a type would ignore are refused: whoever wrote them expects something of them. */
  private checkOptions(step: StepDefinition, { without }: StepKind, field: string): void {
    for (const option of without) {
      if (step[option] === undefined) continue;
      this.mistakes.push({ field: `${field}.${option}`, message: `has no meaning for ${step.type}: remove it` });
    }
  }

  private *checkProbe({ request, expression }: Probe, field: string, visible: VisibleSteps): Generator<void, void> {
    const { value, errors } = checkShape(HttpRequestConfig, request, `${field}.request`, 'template');
    this.mistakes.push(...errors);
    if (errors.length === 0 && value.method !== 'GET' && value.method !== 'HEAD') {
      const message = 'must be GET or HEAD: a probe only looks';
      this.mistakes.push({ field: `${field}.request.method`, message });
    }
    yield* this.checkTemplates(request, `${field}.request`, visible, true);
    if (typeof expression === 'string') this.checkExpression(expression, `${field}.expression`, visible);
  }

  /** @returns the ids that can be read where the first of the lists ends */
  private *checkLists(
    lists: readonly StepList[],
    path: string,
    visible: VisibleSteps,
    depth: number,
  ): Generator<void, VisibleSteps> {
    let first: VisibleSteps | undefined;
    for (const { field, steps } of lists) {
      const place = `${path}.${field}`;
      if (!Array.isArray(steps)) this.mistakes.push({ field: place, message: 'must be a list of steps' });
      else {
        const inside = yield* this.checkList(steps, place, visible, depth + 1);
        first ??= inside;
      }
    }
    return first ?? visible;
  }

  private *checkTemplates(
    value: unknown,
    path: string,
    visible: VisibleSteps,
    mayReadSecrets: boolean,
  ): Generator<void, void> {
    let failed: string | undefined;
    for (const found of foundExpressions(value, path)) {
      yield;
      // Of a text, the first expression that does not parse is told.
      if (found === undefined || found.path === failed) continue;
      if (!this.checkParsed(found.text, found.path, visible, mayReadSecrets)) failed = found.path;
    }
  }

  private checkExpression(text: string, path: string, visible: VisibleSteps): void {
    this.checkParsed(bareText(text), path, visible, false);
  }

  /** @returns whether the expression parses */
  private checkParsed(text: string, path: string, visible: VisibleSteps, mayReadSecrets: boolean): boolean {
    const checked = this.expressions.check(text);
    if ('mistake' in checked) {
      this.mistakes.push({ field: path, message: checked.mistake });
      return false;
    }
    const { steps, secrets } = checked;
    if (secrets.length > 0 && !mayReadSecrets) {
      const message = 'reads secrets, which only the config of http.request may: they must not reach the journal';
      this.mistakes.push({ field: path, message });
    } else if (secrets.includes(undefined)) {
      this.mistakes.push({ field: path, message: 'reads secrets without saying which: write secrets.<name>' });
    }
    for (const id of steps) {
      if (visible.has(id)) continue;
      const message = `reads steps.${id}, which cannot have run yet: it must stand earlier`;
      this.mistakes.push({ field: path, message });
    }
    return true;
  }

  private checkScript(code: string, path: string): void {
    const before = this.scriptCharacters;
    this.scriptCharacters += code.length;
    try {
      if (this.scriptCharacters <= MAX_SCRIPTS) compileScript(code);
      else if (before <= MAX_SCRIPTS) {
        const message = `takes the scripts of the workflow past ${MAX_SCRIPTS} characters: use sub-workflows`;
        this.mistakes.push({ field: path, message });
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown mistake';
      this.mistakes.push({ field: path, message: `is not valid JavaScript: ${reason}` });
    }
  }
}

function idOf(step: unknown): unknown {
  return typeof step === 'object' && step !== null ? (Reflect.get(step, 'id') as unknown) : '';
}
