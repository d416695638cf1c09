import { EffectClass } from '@app/contracts';
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
  /** It sees the steps of the container's list, and the loop's turn. */
  inside?: boolean;
}

/** A member of a config that is the body of a JavaScript function. */
export interface ScriptText {
  field: string;
  text: string;
}

/** How a container runs its lists: one of them, all of them at once, its list for each item, or again and again. */
export type Nesting = 'none' | 'choice' | 'branches' | 'items' | 'iterations';

/** How a container goes through its lists. */
export interface LoopSettings {
  /** Lists under way at the same time. */
  concurrency: number;
  /** Whether the first list that fails ends the others. */
  failFast: boolean;
  /** Most iterations. */
  maxIterations: number;
  /** Pause between two iterations, in ms. */
  delayMs: number;
}

/** Options of a step that some types have no use for. */
export type StepOption = 'retry' | 'timeout_ms' | 'on_error' | 'effect' | 'probe' | 'on_in_doubt';

/** What the platform knows about a step type without running it. */
export interface StepKind<Config extends object = object> {
  /** One sentence for the docs. */
  description: string;
  /** Configs that say what the type is for; the effect of each is one that the type can have. */
  examples: readonly [Readonly<Record<string, unknown>>, ...Readonly<Record<string, unknown>>[]];
  /** Validates the config; in a template a string with `{{ }}` is checked once it is resolved. */
  config: new () => Config;
  /** Whether strings of the config may hold `{{ }}`. Not where members are expressions or lists of steps as a whole. */
  isTemplate: boolean;
  /** Decides what happens to an attempt that was found unfinished (see docs/architecture.md, Effects). */
  effect: (step: StepDefinition) => EffectClass;
  /** What a step in doubt does unless it says otherwise. */
  onInDoubt: OnInDoubt;
  /** Whether its config may read `secrets`: only where what is resolved goes straight to a receiver and nowhere else. */
  readsSecrets: boolean;
  bareExpressions: (config: Config) => BareExpression[];
  /** Members of the config that are JavaScript. */
  scripts: (config: Config) => ScriptText[];
  /** The lists of a container; none for a leaf. */
  lists: (config: Config) => StepList[];
  nesting: Nesting;
  /** What a container's config says about how it goes through its lists. */
  loop: (config: Config) => Partial<LoopSettings>;
  /** Options that would be ignored, and are refused instead. */
  without: readonly StepOption[];
}

/** Defaults of a leaf without a doubtful effect. */
export const leaf = {
  isTemplate: true,
  onInDoubt: 'hold',
  readsSecrets: false,
  bareExpressions: () => [],
  scripts: () => [],
  lists: () => [],
  nesting: 'none',
  loop: () => ({}),
  without: ['probe'],
} as const satisfies Partial<StepKind>;

/** Defaults of a container: computed from its lists, so that it has no attempts of its own. */
export const container = {
  ...leaf,
  isTemplate: false,
  effect: () => EffectClass.Pure,
  without: ['retry', 'effect', 'probe', 'on_in_doubt'],
} as const satisfies Partial<StepKind>;
