import type { EffectClass } from '@app/contracts';
import { compileLimits, type CompiledLimits } from './compile-limits.js';
import type { OnInDoubt, StepDefinition } from './definition.js';
import type { LazyExpression } from './expressions/lazy-expression.js';
import { compileTemplate, LazyExpressions, type Template } from './expressions/template.js';
import { atOnce, inTurns } from './in-turns.js';
import { compileScript, type Script } from './scripts/script.js';
import { secretsOf, type SecretNames } from './secrets-of.js';
import { isStepType, stepKind, type StepType } from './step-kinds/registry.js';
import type { LoopSettings, Nesting } from './step-kinds/step-kind.js';
import { checkShape, shaped } from './validation/check-shape.js';
import { OnFailure } from './validation/on-failure.shape.js';

/** A step with everything about it that does not change from run to run worked out. */
export interface CompiledStep {
  id: string;
  type: StepType;
  definition: StepDefinition;
  effect: EffectClass;
  onInDoubt: OnInDoubt;
  condition: LazyExpression | undefined;
  /** A leaf's config with its expressions. */
  config: Template;
  /** Members of the config that are expressions as a whole, by field. */
  expressions: ReadonlyMap<string, LazyExpression>;
  /** Members of the config that are JavaScript, by field. */
  scripts: ReadonlyMap<string, Script>;
  lists: ReadonlyMap<string, readonly CompiledStep[]>;
  /** Which of the lists a step's id is in. */
  branchOf: ReadonlyMap<string, string>;
  nesting: Nesting;
  loop: LoopSettings;
  /** Names of the secrets that the config and the probe read, which are looked for when somebody first asks. */
  secrets: SecretNames;
  /** How to find out whether the effect has happened. */
  probe: { request: Template; expression: LazyExpression } | undefined;
}

export interface CompiledDefinition {
  steps: readonly CompiledStep[];
  /** Longest time of a run from its acceptance, in ms. */
  timeoutMs?: number;
  /** What happens when a run is in trouble. */
  onFailure?: OnFailure;
  /** What its runs have to ask for. */
  limits?: CompiledLimits;
}

const plainLoop: LoopSettings = { concurrency: 1, failFast: true, maxIterations: 1, delayMs: 0 };

/**
 * Compiles the steps of a definition that `validateDefinition` found nothing wrong with. Do it once per version. Expressions
 * are compiled when they are first needed.
 * @throws Error when a step's type is unknown, ScriptError when a script does not parse
 */
export function compileDefinition(
  steps: readonly StepDefinition[],
  config?: Readonly<Record<string, unknown>>,
): CompiledDefinition {
  return atOnce(compilationOf(steps, config));
}

/** The same without holding the event loop: a definition of a mebibyte may take 0.1 s. */
export function compileInTurns(
  steps: readonly StepDefinition[],
  config?: Readonly<Record<string, unknown>>,
): Promise<CompiledDefinition> {
  return inTurns(compilationOf(steps, config));
}

function* compilationOf(
  steps: readonly StepDefinition[],
  config: Readonly<Record<string, unknown>> = {},
): Generator<void, CompiledDefinition> {
  const timeoutMs = config['timeout_ms'];
  const onFailure = config['on_failure'];
  const expressions = new LazyExpressions();
  const limits = compileLimits(config['limits'], steps);
  return {
    steps: yield* compileList(steps, expressions),
    ...(typeof timeoutMs === 'number' && { timeoutMs }),
    ...(onFailure !== undefined && { onFailure: checkShape(OnFailure, onFailure, '').value }),
    ...(limits !== undefined && { limits }),
  };
}

function* compileList(
  steps: readonly StepDefinition[],
  expressions: LazyExpressions,
): Generator<void, readonly CompiledStep[]> {
  const compiled: CompiledStep[] = [];
  for (const step of steps) {
    compiled.push(yield* compileStep(step, expressions));
    yield;
  }
  return compiled;
}

function* compileStep(definition: StepDefinition, expressions: LazyExpressions): Generator<void, CompiledStep> {
  const { id, type } = definition;
  if (!isStepType(type)) throw new Error(`Step ${id} has the unknown type ${type}.`);
  const kind = stepKind(type);
  const config = shaped(kind.config, definition.config);
  const lists = kind.lists(config);
  const compiledLists = new Map<string, readonly CompiledStep[]>();
  for (const { branch, steps } of lists) compiledLists.set(branch, yield* compileList(steps, expressions));
  const bare = kind.bareExpressions(config);
  const template: Template = kind.isTemplate
    ? compileTemplate(definition.config, expressions)
    : { kind: 'literal', value: definition.config };
  const probe = definition.probe && {
    request: compileTemplate(definition.probe.request, expressions),
    expression: expressions.bare(definition.probe.expression),
  };
  return {
    id,
    type,
    definition,
    effect: kind.effect(definition),
    onInDoubt: definition.on_in_doubt ?? kind.onInDoubt,
    condition: definition.if === undefined ? undefined : expressions.bare(definition.if),
    config: template,
    expressions: new Map(bare.map(({ field, text }) => [field, expressions.bare(text)])),
    scripts: new Map(kind.scripts(config).map(({ field, text }) => [field, compileScript(text)])),
    lists: compiledLists,
    branchOf: new Map(lists.flatMap(({ branch, steps }) => steps.map((step) => [step.id, branch] as const))),
    nesting: kind.nesting,
    loop: { ...plainLoop, ...kind.loop(config) },
    secrets: secretsOf(kind.readsSecrets ? [definition.config, definition.probe?.request] : []),
    probe,
  };
}
