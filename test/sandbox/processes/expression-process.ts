import 'reflect-metadata';
import { Expression, ExpressionError, processorTime } from '@app/definition';

/** What a process says of one expression that it was sent. */
export interface ExpressionReport {
  /** JSON text of the value; of nothing it is null. */
  value?: string;
  /** Whether the value says more than its JSON does. */
  isPlain?: boolean;
  /** Why there is none. */
  refused?: { message: string; overLimit: boolean };
  /** Something that the author of an expression must never see. */
  unexpected?: string;
  /** How long it kept the processor, in ms. */
  heldMs: number;
  pid: number;
  /** What objects of this process have that they should not. */
  inherited: string[];
}

/** A process of its own that evaluates what it is sent. Ends with its parent. */
process.on('message', (message: { id: number; text: string }) => void answer(message));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function answer({ id, text }: { id: number; text: string }): Promise<void> {
  const before = processorTime();
  const result = await resultOf(text);
  const heldMs = processorTime() - before;
  const inherited = [...Object.keys(Object.prototype), ...Object.keys(Array.prototype)];
  process.send?.({ id, report: { ...result, heldMs, pid: process.pid, inherited } satisfies ExpressionReport });
}

const list = Array.from({ length: 50 }, (_, i) => ({ a: i, b: `text ${i}`, c: [i, [i]] }));

async function resultOf(text: string): Promise<Omit<ExpressionReport, 'heldMs' | 'pid' | 'inherited'>> {
  try {
    const scope = { input: { a: 1, list, text: 'ab12cd34 äöü', deep: { a: { b: { c: null } } } }, steps: {} };
    const value: unknown = (await Expression.compile(text).evaluate(scope, { nowMs: 0, seed: 'killers' })) ?? null;
    const json = JSON.stringify(value);
    return { value: json, isPlain: JSON.stringify(JSON.parse(json)) === json };
  } catch (error) {
    if (!(error instanceof ExpressionError)) return { unexpected: String(error) };
    const { message, overLimit } = error;
    return message === '' ? { unexpected: 'an error that says nothing' } : { refused: { message, overLimit } };
  }
}
