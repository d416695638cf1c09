import type jsonata from 'jsonata';
import { standardBounds } from '../bounds.js';
import { parseBounded, variableNames } from './bounded-ast.js';
import {
  boundedFunctions,
  deterministicFunctions,
  deterministicNames,
  type Base,
  type DeterministicName,
} from './bounded-functions.js';
import { Budget, never } from './budget.js';
import { compileDirect, DIRECT_STEPS, undecided, type Direct } from './direct.js';
import { ExpressionError } from './expression.error.js';
import { LinearRegex } from './linear-regex.js';
import { nodeCosts } from './node-costs.js';
import { plainData } from './plain-data.js';
import { leave as leaveTurn, pauseDue, turnDue } from './turns.js';

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

const FRAME_MADE = Symbol.for('jsonata.__createFrame_push');

/** The binding of an evaluation's budget; no variable can be called so. */
const BUDGET = ' budget';
/** A variable is looked for in each frame around it, and so are the hooks; so many frames take as long as a step. */
const FRAMES_A_STEP = 8;
/**
 * Evaluations inside one another, or side by side, are kept until they are over, and fail one after the other. Above so many
 * each step costs more.
 */
const MANY_UNDER_WAY = 1_000;
const UNDER_WAY_A_STEP = 250;

/** A frame of variables. jsonata makes one for each block and call. */
interface Frame {
  base: Base;
  /** How many are around it. */
  level?: number;
}

/** The budget of an evaluation, kept where its functions find it at once. */
function budgetOf(base: Base): Budget {
  if (base.budget !== undefined) return base.budget;
  const budget = base.lookup(BUDGET) as Budget;
  base.budget = budget;
  base.RegexEngine = function (pattern: RegExp) {
    return new LinearRegex(pattern, budget);
  };
  return budget;
}

/** The outermost frame has none around it yet that belongs to an evaluation. */
function countFrame(around: Partial<Frame>, made: Frame): void {
  made.level = (around.level ?? 0) + 1;
  if (around.base !== undefined) budgetOf(around.base).taken += 1;
}

const functions = new Map(Object.entries(boundedFunctions(budgetOf)));

/** A compiled JSONata expression. Compile once per definition version; evaluations may overlap. */
export class Expression {
  /** Of `$now`, `$random` and the like, which each evaluation has of its own, those that are read. */
  private readonly ownNames: readonly DeterministicName[];
  /** Evaluates at once; undefined when this is not such an expression. */
  private readonly direct: Direct | undefined;

  private constructor(
    readonly text: string,
    private readonly compiled: jsonata.Expression,
  ) {
    this.direct = compileDirect(compiled.ast());
    const costs = nodeCosts(compiled.ast());
    const names = variableNames(compiled.ast());
    this.ownNames = deterministicNames.filter((name) => names.has(name));
    // The hooks' names are symbols, which jsonata's own tools use and its types do not mention.
    compiled.assign(FRAME_MADE as unknown as string, countFrame);
    compiled.assign(EVALUATE_ENTRY as unknown as string, enter);
    compiled.assign(EVALUATE_EXIT as unknown as string, leave);
    // A transform (`|...|...|`) takes its copy with `$clone`, which its text does not name.
    for (const name of [...names, 'clone']) {
      const bounded = functions.get(name);
      if (bounded !== undefined) compiled.assign(name, bounded);
    }

    /** jsonata waits for what these give back. */
    function enter(node: unknown, input: unknown, { base, level = 0 }: Frame): Promise<void> | undefined {
      const budget = budgetOf(base);
      try {
        budget.step(1 + level / FRAMES_A_STEP + Math.max(0, base.depth - MANY_UNDER_WAY) / UNDER_WAY_A_STEP);
        costs.get(node)?.enter?.(budget, input);
        return pauseDue(budget);
      } catch (error) {
        budget.end(error as Error);
        return never();
      }
    }

    function leave(node: unknown, _input: unknown, { base }: Frame, result: unknown): Promise<void> | undefined {
      const budget = budgetOf(base);
      try {
        costs.get(node)?.leave?.(budget, result);
        return undefined;
      } catch (error) {
        budget.end(error as Error);
        return never();
      }
    }
  }

  /** @throws ExpressionError when the text does not parse */
  static compile(text: string): Expression {
    return new Expression(text, parseBounded(text));
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
    return this.use(scope, context, (value) => value);
  }

  /**
   * Does something with the value, which is as `evaluate` has it: at once when it is known at once, as most are, and else when
   * jsonata has it, or others have had their turn. What is thrown at once is no rejection.
   */
  use<T>(scope: Scope, context: EvaluationContext, use: (value: unknown) => T): T | Promise<Awaited<T>> {
    const { maxSteps = standardBounds.maxExpressionSteps } = context;
    const ask = async (): Promise<Awaited<T>> =>
      use(await this.ask(scope, context, new Budget(maxSteps))) as Awaited<T>;
    const { direct } = this;
    if (direct === undefined || maxSteps < DIRECT_STEPS) return ask();
    const wait = turnDue();
    if (wait !== undefined) return wait.then(() => this.use(scope, context, use)) as Promise<Awaited<T>>;
    const value = direct(scope);
    return value === undecided ? ask() : use(this.plain(value, maxSteps));
  }

  private plain(value: unknown, maxSteps: number): unknown {
    if (typeof value !== 'object' || value === null) return value;
    try {
      new Budget(maxSteps).made(value);
      return plainData(value);
    } catch (error) {
      throw ExpressionError.from(this.text, error);
    }
  }

  private async ask(scope: Scope, { nowMs, seed }: EvaluationContext, budget: Budget): Promise<unknown> {
    try {
      const turn = pauseDue(budget);
      if (turn !== undefined) await turn;
      const bindings: Record<string, unknown> = { [BUDGET]: budget };
      if (this.ownNames.length > 0) {
        const own = deterministicFunctions(nowMs, seed, budgetOf);
        for (const name of this.ownNames) bindings[name] = own[name];
      }
      const result = await new Promise((resolve, reject) => {
        budget.onOver = reject;
        this.compiled.evaluate(scope, bindings).then(resolve, reject);
      });
      if (typeof result === 'object' || typeof result === 'string') budget.made(result);
      return plainData(result);
    } catch (error) {
      throw ExpressionError.from(this.text, error);
    } finally {
      budget.end();
      leaveTurn(budget);
    }
  }
}
