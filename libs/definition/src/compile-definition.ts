import type { EffectClass } from '@app/contracts';
import { compileLimits, type CompiledLimits } from './compile-limits.js';
import type { OnInDoubt, StepDefinition } from './definition.js';
import type { Expression } from './expressions/expression.js';
import { compileBare, compileTemplate, expressionsIn, type Template } from './expressions/template.js';
import { compileScript, type Script } from './scripts/script.js';
import { isStepType, stepKind, type StepType } from './step-kinds/registry.js';
import type { LoopSettings, Nesting } from './step-kinds/step-kind.js';
import { checkShape } from './validation/check-shape.js';
import { OnFailure } from './validation/on-failure.shape.js';
import { referencesIn } from './validation/step-references.js';

/** A step with everything about it that does not change from run to run worked out. */
export interface CompiledStep {
  id: string;
  type: StepType;
  definition: StepDefinition;
  effect: EffectClass;
  onInDoubt: OnInDoubt;
  condition: Expression | undefined;
  /** A leaf's config with its expressions. */
  config: Template;
  /** Members of the config that are expressions as a whole, by field. */
  expressions: ReadonlyMap<string, Expression>;
  /** Members of the config that are JavaScript, by field. */
  scripts: ReadonlyMap<string, Script>;
  lists: ReadonlyMap<string, readonly CompiledStep[]>;
  /** Which of the lists a step's id is in. */
  branchOf: ReadonlyMap<string, string>;
  nesting: Nesting;
  loop: LoopSettings;
  /** Names of the secrets that the config and the probe read. */
  secrets: readonly string[];
  /** How to find out whether the effect has happened. */
  probe: { request: Template; expression: Expression } | undefined;
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
 * Compiles the steps of a definition that `validateDefinition` found nothing wrong with. Do it once per version.
 * @throws Error when a step's type is unknown, ExpressionError and ScriptError when one does not parse
 */
export function compileDefinition(
  steps: readonly StepDefinition[],
  config: Readonly<Record<string, unknown>> = {},
): CompiledDefinition {
  const timeoutMs = config['timeout_ms'];
  const onFailure = config['on_failure'];
  const limits = compileLimits(config['limits'], steps);
  return {
    steps: steps.map(compileStep),
    ...(typeof timeoutMs === 'number' && { timeoutMs }),
    ...(onFailure !== undefined && { onFailure: checkShape(OnFailure, onFailure, '').value }),
    ...(limits !== undefined && { limits }),
  };
}

function compileStep(definition: StepDefinition): CompiledStep {
  const { id, type } = definition;
  if (!isStepType(type)) throw new Error(`Step ${id} has the unknown type ${type}.`);
  const kind = stepKind(type);
  const { value: config } = checkShape(kind.config, definition.config, '');
  const lists = kind.lists(config);
  const bare = kind.bareExpressions(config);
  const template: Template = kind.isTemplate
    ? compileTemplate(definition.config)
    : { kind: 'literal', value: definition.config };
  const probe = definition.probe && {
    request: compileTemplate(definition.probe.request),
    expression: compileBare(definition.probe.expression),
  };
  return {
    id,
    type,
    definition,
    effect: kind.effect(definition),
    onInDoubt: definition.on_in_doubt ?? kind.onInDoubt,
    condition: definition.if === undefined ? undefined : compileBare(definition.if),
    config: template,
    expressions: new Map(bare.map(({ field, text }) => [field, compileBare(text)])),
    scripts: new Map(kind.scripts(config).map(({ field, text }) => [field, compileScript(text)])),
    lists: new Map(lists.map(({ branch, steps }) => [branch, steps.map(compileStep)])),
    branchOf: new Map(lists.flatMap(({ branch, steps }) => steps.map((step) => [step.id, branch] as const))),
    nesting: kind.nesting,
    loop: { ...plainLoop, ...kind.loop(config) },
    secrets: secretsOf(kind.readsSecrets ? [template, probe?.request] : []),
    probe,
  };
}

function secretsOf(templates: readonly (Template | undefined)[]): string[] {
  const expressions = templates.flatMap((template) => (template === undefined ? [] : expressionsIn(template)));
  const names = expressions.flatMap(({ syntaxTree }) => referencesIn(syntaxTree).secrets);
  return [...new Set(names)].filter((name) => name !== undefined);
}
