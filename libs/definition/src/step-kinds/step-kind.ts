import type { EffectClass } from '@app/contracts';
import type { OnInDoubt, StepDefinition } from '../definition.js';

/** A list of steps inside a container. */
export interface StepList {
  /** What a journal entry calls the choice of this list. */
  branch: string;
  /** Where the list is inside the step's config, as a JSON path like `cases[0].steps`. */
  field: string;
  steps: StepDefinition[];
}

/** A member of a config that is an expression as a whole, without braces. */
export interface BareExpression {
  field: string;
  text: string;
}

/** What the platform knows about a step type without running it. */
export interface StepKind<Config extends object = object> {
  /** One sentence for the docs. */
  description: string;
  /** Validates the config; in a template a string with `{{ }}` is checked once it is resolved. */
  config: new () => Config;
  /** Whether strings of the config may hold `{{ }}`. Not where members are expressions or lists of steps as a whole. */
  isTemplate: boolean;
  /** Decides what happens to an attempt that was found unfinished (see docs/architecture.md, Effects). */
  effect: (step: StepDefinition) => EffectClass;
  /** What a step in doubt does unless it says otherwise. */
  onInDoubt: OnInDoubt;
  bareExpressions: (config: Config) => BareExpression[];
  /** The lists of a container; none for a leaf. */
  lists: (config: Config) => StepList[];
}

/** Defaults of a leaf without a doubtful effect. */
export const leaf = {
  isTemplate: true,
  onInDoubt: 'hold',
  bareExpressions: () => [],
  lists: () => [],
} as const satisfies Partial<StepKind>;
