import type jsonata from 'jsonata';
import { Expression, type EvaluationContext, type Scope } from './expression.js';
import { turnDue } from './turns.js';

/**
 * What the compiled expressions of a process may come to, in characters. One takes up to 0.6 KB for each, and 7 KB besides,
 * which is worth `EACH`: 200 MB at most, however many there are of them.
 */
const MOST = 400_000;
const EACH = 12;

/**
 * An expression of a definition: compiled when it is first needed, and again when it was forgotten since. To compile one takes
 * 0.2 ms, and of the longest ones up to 0.1 s; a definition may have ten thousand, of which a run may need few.
 */
export class LazyExpression {
  private compiled: Expression | undefined;
  private isInUse = false;

  constructor(readonly text: string) {}

  /** jsonata's syntax tree. @throws ExpressionError when the text does not parse */
  get syntaxTree(): jsonata.ExprNode {
    return this.expression.syntaxTree;
  }

  /** As `Expression.evaluate`, and an ExpressionError when it does not parse. */
  async evaluate(scope: Scope, context: EvaluationContext): Promise<unknown> {
    return this.use(scope, context, (value) => value);
  }

  /** As `Expression.use`. Compiling waits for its turn like an evaluation. */
  use<T>(scope: Scope, context: EvaluationContext, use: (value: unknown) => T): T | Promise<Awaited<T>> {
    const wait = this.compiled === undefined ? turnDue() : undefined;
    if (wait !== undefined) return wait.then(() => this.use(scope, context, use)) as Promise<Awaited<T>>;
    return this.expression.use(scope, context, use);
  }

  private get expression(): Expression {
    if (this.compiled !== undefined) {
      // From the second use on: what is needed once must not push out what is needed all the time.
      this.isInUse = true;
      return this.compiled;
    }
    this.compiled = Expression.compile(this.text);
    LazyExpression.keep(this);
    return this.compiled;
  }

  /** Those that are compiled, in the order in which they were, or were last found in use. */
  private static readonly kept = new Set<LazyExpression>();
  private static size = 0;

  /** Forgets others, until what is kept is not too much: those that were not used since they were last looked at. */
  private static keep(made: LazyExpression): void {
    this.kept.add(made);
    this.size += made.text.length + EACH;
    for (const oldest of this.kept) {
      if (this.size <= MOST) return;
      this.kept.delete(oldest);
      if (oldest.isInUse) {
        oldest.isInUse = false;
        this.kept.add(oldest);
      } else {
        oldest.compiled = undefined;
        this.size -= oldest.text.length + EACH;
      }
    }
  }
}
