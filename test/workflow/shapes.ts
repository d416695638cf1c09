import type { StepDefinition } from '@app/definition';
import * as fc from 'fast-check';

/** What a generated step is made of; ids are given out when the tree is written down. */
export type Shape =
  | { kind: 'pure'; add: number }
  | { kind: 'call' }
  /** Its call is refused for good, and the run goes on with the error. */
  | { kind: 'refused' }
  | { kind: 'delay' }
  | { kind: 'emit' }
  | { kind: 'switch'; taken: boolean; inside: Shape[]; otherwise: Shape[] }
  | { kind: 'parallel'; branches: Shape[][] }
  | { kind: 'foreach'; count: number; concurrency: number; inside: Shape[] }
  | { kind: 'repeat'; times: number; inside: Shape[] };

/** Lists of up to four steps, nested up to three deep. */
export const shapes: fc.Arbitrary<Shape[]> = fc.letrec<{ shape: Shape; shapes: Shape[] }>((tie) => ({
  shapes: fc.array(tie('shape'), { minLength: 1, maxLength: 4 }),
  shape: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ kind: fc.constant('pure' as const), add: fc.integer({ min: 0, max: 9 }) }),
    fc.constant({ kind: 'call' as const }),
    fc.constant({ kind: 'refused' as const }),
    fc.constant({ kind: 'delay' as const }),
    fc.constant({ kind: 'emit' as const }),
    fc.record({
      kind: fc.constant('switch' as const),
      taken: fc.boolean(),
      inside: tie('shapes'),
      otherwise: tie('shapes'),
    }),
    fc.record({
      kind: fc.constant('parallel' as const),
      branches: fc.array(tie('shapes'), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({
      kind: fc.constant('foreach' as const),
      count: fc.integer({ min: 0, max: 3 }),
      concurrency: fc.integer({ min: 1, max: 3 }),
      inside: tie('shapes'),
    }),
    fc.record({
      kind: fc.constant('repeat' as const),
      times: fc.integer({ min: 1, max: 3 }),
      inside: tie('shapes'),
    }),
  ),
})).shapes;

/** The definition of generated steps. Inside a loop a pure step reads the loop's turn. */
export function definitionOf(list: readonly Shape[]): StepDefinition[] {
  let count = 0;
  const write = (shapesOf: readonly Shape[]): StepDefinition[] =>
    shapesOf.map((shape) => stepOf(shape, `s${++count}`, write));
  return write(list);
}

function stepOf(shape: Shape, id: string, write: (list: readonly Shape[]) => StepDefinition[]): StepDefinition {
  switch (shape.kind) {
    case 'pure':
      return { id, type: 'transform', config: { expression: `$sum([input.n, index, ${shape.add}])` } };
    case 'call':
      return { id, type: 'http.request', config: { method: 'PUT', url: 'http://x' } };
    case 'refused':
      return { id, type: 'http.request', on_error: 'continue', config: { method: 'PUT', url: 'http://refused' } };
    case 'delay':
      return { id, type: 'delay', config: { for_ms: 5 } };
    case 'emit':
      return { id, type: 'event.emit', config: emitted };
    case 'switch':
      return {
        id,
        type: 'switch',
        config: { cases: [{ if: String(shape.taken), steps: write(shape.inside) }], else: write(shape.otherwise) },
      };
    case 'parallel':
      return {
        id,
        type: 'parallel',
        config: { branches: Object.fromEntries(shape.branches.map((branch, i) => [`b${i}`, write(branch)])) },
      };
    case 'foreach': {
      const items = shape.count === 0 ? '[]' : `[1..${shape.count}]`;
      return { id, type: 'foreach', config: { items, concurrency: shape.concurrency, steps: write(shape.inside) } };
    }
    case 'repeat':
      return {
        id,
        type: 'repeat',
        config: {
          max_iterations: shape.times + 1,
          until: `index = ${shape.times - 1}`,
          delay_ms: 3,
          steps: write(shape.inside),
        },
      };
  }
}

/** The plain reading of a definition: one step after the other, nothing is interrupted. The output of the last step. */
export function plainly(list: readonly Shape[], n: number, index = 0): unknown {
  let last: unknown = null;
  for (const shape of list) last = outputOf(shape, n, index);
  return last;
}

/** What a refused call leaves as its output. */
export const refusal = { code: 'HTTP_STATUS', message: 'The receiver answered 422.' } as const;

/** What every event that is sent says, and its step's output with it. */
export const emitted = { type: 'org.example.made', source: '/made' } as const;

function outputOf(shape: Shape, n: number, index: number): unknown {
  switch (shape.kind) {
    case 'pure':
      return n + index + shape.add;
    case 'call':
      return 'called';
    case 'refused':
      return { error: refusal };
    case 'delay':
      return null;
    case 'emit':
      return emitted;
    case 'switch':
      return plainly(shape.taken ? shape.inside : shape.otherwise, n, index);
    case 'parallel':
      return Object.fromEntries(shape.branches.map((branch, i) => [`b${i}`, plainly(branch, n, index)]));
    case 'foreach':
      return Array.from({ length: shape.count }, (_, i) => plainly(shape.inside, n, i));
    case 'repeat':
      return plainly(shape.inside, n, shape.times - 1);
  }
}
