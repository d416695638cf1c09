import type jsonata from 'jsonata';
import { parseBounded } from './bounded-ast.js';
import { boundedFunctions, deterministicFunctions } from './bounded-functions.js';
import { ExpressionError } from './expression.error.js';
import { plainData } from './plain-data.js';

/** What an expression may depend on besides its data, fixed per place in a run so that a replay says the same. */
export interface EvaluationContext {
  /** What `$now()` and `$millis()` say, in milliseconds since 1970. */
  nowMs: number;
  /** What `$random()` and `$shuffle()` draw from. */
  seed: string;
}

/** The data an expression sees: `input`, `steps`, `run`, `workflow`. */
export type Scope = Readonly<Record<string, unknown>>;

/** Node evaluations one expression may take: about 50 ms of CPU. Counted, not timed, so that a slow machine agrees. */
const BUDGET = 50_000;
const EVALUATE_ENTRY = Symbol.for('jsonata.__evaluate_entry');

/** A compiled JSONata expression. Compile once per definition version; evaluations may overlap. */
export class Expression {
  private constructor(
    readonly text: string,
    private readonly compiled: jsonata.Expression,
  ) {
    const used = new WeakMap<object, number>();
    const count = (_node: unknown, _input: unknown, environment: { base: object }): void => {
      const evaluations = (used.get(environment.base) ?? 0) + 1;
      if (evaluations > BUDGET)
        throw ExpressionError.overLimit(`An expression may take at most ${BUDGET} evaluations.`);
      used.set(environment.base, evaluations);
    };
    // The hook's name is a symbol, which jsonata's own tools use and its types do not mention.
    compiled.assign(EVALUATE_ENTRY as unknown as string, count);
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
      const bindings = { ...boundedFunctions, ...deterministicFunctions(context.nowMs, context.seed) };
      return plainData(await this.compiled.evaluate(scope, bindings));
    } catch (error) {
      throw ExpressionError.from(this.text, error);
    }
  }
}
