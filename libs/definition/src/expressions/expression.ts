import type jsonata from 'jsonata';
import { standardBounds } from '../bounds.js';
import { heavyNodes, parseBounded, variableNames } from './bounded-ast.js';
import { boundedFunctions, deterministicFunctions, type Base } from './bounded-functions.js';
import { Budget } from './budget.js';
import { ExpressionError } from './expression.error.js';
import { LinearRegex } from './linear-regex.js';
import { plainData } from './plain-data.js';
import { pauseDue } from './turns.js';

/** What an expression may depend on besides its data, fixed per place in a run so that a replay says the same. */
export interface EvaluationContext {
  /** What `$now()` and `$millis()` say, in milliseconds since 1970. */
  nowMs: number;
  /** What `$random()` and `$shuffle()` draw from. */
  seed: string;
  /** Steps that it may take, see `Bounds`; 20,000 unless given. */
  maxSteps?: number;
}

/** The data an expression sees: `input`, `steps`, `run`, `workflow`. */
export type Scope = Readonly<Record<string, unknown>>;

const EVALUATE_ENTRY = Symbol.for('jsonata.__evaluate_entry');
const EVALUATE_EXIT = Symbol.for('jsonata.__evaluate_exit');

/** The binding that tells how many steps there are; no variable can be called so. */
const MAX_STEPS = ' steps';

/** The budget of an evaluation; its first node finds none yet. */
function budgetOf(base: Base): Budget {
  if (base.budget !== undefined) return base.budget;
  const budget = new Budget(Number(base.lookup(MAX_STEPS)));
  base.budget = budget;
  base.RegexEngine = function (pattern: RegExp) {
    return new LinearRegex(pattern, budget);
  };
  return budget;
}

const functions = new Map(Object.entries(boundedFunctions(budgetOf)));

/** jsonata waits for what this gives back. */
function enter(node: { type: string }, input: unknown, environment: { base: Base }): Promise<void> | undefined {
  const budget = budgetOf(environment.base);
  budget.step();
  // These walk through all of their input, a part that is in it twice both times.
  if (node.type === 'descendant' || node.type === 'wildcard') budget.read(input);
  return pauseDue();
}

/** A compiled JSONata expression. Compile once per definition version; evaluations may overlap. */
export class Expression {
  private constructor(
    readonly text: string,
    private readonly compiled: jsonata.Expression,
  ) {
    // The hooks' names are symbols, which jsonata's own tools use and its types do not mention.
    compiled.assign(EVALUATE_ENTRY as unknown as string, enter);
    const heavy = heavyNodes(compiled.ast());
    if (heavy.size > 0) compiled.assign(EVALUATE_EXIT as unknown as string, leave);
    // A transform (`|...|...|`) takes its copy with `$clone`, which its text does not name.
    for (const name of [...variableNames(compiled.ast()), 'clone']) {
      const bounded = functions.get(name);
      if (bounded !== undefined) compiled.assign(name, bounded);
    }

    function leave(node: unknown, _input: unknown, environment: { base: Base }, result: unknown): void {
      if (heavy.has(node)) budgetOf(environment.base).made(result);
    }
  }

  /** @throws ExpressionError when the text does not parse */
  static compile(text: string): Expression {
    try {
      return new Expression(text, parseBounded(text));
    } catch (error) {
      throw ExpressionError.from(text, error);
    }
  }

  /** jsonata's syntax tree, for checks before anything runs. */
  get syntaxTree(): jsonata.ExprNode {
    return this.compiled.ast();
  }

  /**
   * Evaluates over a scope. The result is plain JSON data; undefined when the expression matches nothing.
   * @throws ExpressionError when it fails or uses up its budget
   */
  async evaluate(scope: Scope, context: EvaluationContext): Promise<unknown> {
    try {
      const { nowMs, seed, maxSteps = standardBounds.maxExpressionSteps } = context;
      const bindings = { ...deterministicFunctions(nowMs, seed, budgetOf), [MAX_STEPS]: maxSteps };
      const result: unknown = await this.compiled.evaluate(scope, bindings);
      if (typeof result === 'object' || typeof result === 'string') new Budget(maxSteps).made(result);
      return plainData(result);
    } catch (error) {
      throw ExpressionError.from(this.text, error);
    }
  }
}
