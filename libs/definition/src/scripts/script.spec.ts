import { describe, expect, it } from 'vitest';
import type { FieldError } from '@app/contracts';
import { validateDefinition } from '../validation/validate-definition.js';
import { compileScript } from './script.js';
import { mayRead } from './script-reads.js';

describe('compileScript', () => {
  it.each([
    ['return input.n +', 'ends too early'],
    ['const a = 1;\nif (a) {\n  return 1;', 'ends too early'],
    ['return "abc', /Unterminated string constant in line 1, column 8$/],
    ['const a = 1;\nconst b = = 2;', /^Unexpected token in line 2, column 11$/],
    ['let input = 1', /'input' has already been declared in line 1, column 5$/],
    ['x = 010', /^Invalid number in line 1, column 5$/],
    ['with (input) return 1', /'with' in strict mode in line 1, column 1$/],
    ['import x from "fs"', /in line 1, column 1$/],
    ['await 1', /in line 1, column 7$/],
    ['} foo(); {', /in line 1/],
    ['}); (function () {', 'closes more braces than it opens'],
    ['}, function () {', 'closes more braces than it opens'],
    ['}[0] = function () {', 'closes more braces than it opens'],
    ['}\n) + (function () {', 'closes more braces than it opens'],
    [`return ${'('.repeat(20_000)}1${')'.repeat(20_000)}`, /Not enough stack space|nested too deep/],
  ])('refuses %s', (code, reason) => {
    expect(() => compileScript(code)).toThrow(reason);
  });

  it.each(['return 1 // done', 'return', ';', 'const x = { input };\nreturn x', '"use strict"; return 1'])(
    'takes %s',
    (code) => {
      expect(compileScript(code).code).toBe(code);
    },
  );

  it.each([
    ['return input.a + item', ['input', 'item'], []],
    ['return steps.a.output + steps["b-c"].output', ['steps'], ['a', 'b-c']],
    ['return steps[input.which]', ['input', 'steps'], null],
    ['const { a } = steps; return a', ['steps'], null],
    ['return { steps }', ['steps'], null],
    ['return eval("input")', ['input', 'steps', 'run', 'item', 'index'], null],
    ['return arguments[1]', ['input', 'steps', 'run', 'item', 'index'], null],
    ['return () => run.id', ['run'], []],
    ['return `${index}`', ['index'], []],
  ])('tells what is read: %s', (code, names, steps) => {
    const { reads } = compileScript(code);
    expect(['input', 'steps', 'run', 'item', 'index'].filter((name) => mayRead(reads, name))).toEqual(names);
    expect(reads.steps === null ? null : [...reads.steps].sort()).toEqual(steps);
  });
});

describe('a definition with scripts', () => {
  const mistakes = (...codes: unknown[]): FieldError[] =>
    validateDefinition({
      name: 'w',
      trigger_type: 'manual',
      steps: codes.map((code, i) => ({ id: `s${i}`, type: 'script', config: { code } })),
    });

  it('names the place of a mistake by its JSON path, line and column', () => {
    expect(mistakes('return 1', 'return 1;\nreturn )')).toEqual([
      { field: 'steps[1].config.code', message: 'is not valid JavaScript: Unexpected token in line 2, column 8' },
    ]);
    expect(mistakes(5)).toMatchObject([{ field: 'steps[0].config.code' }]);
    expect(mistakes('')).toMatchObject([{ field: 'steps[0].config.code' }]);
  });

  it('holds only so much code, each script and all together', () => {
    const code = `return "${'x'.repeat(32_000)}"`;
    expect(mistakes(`${code} + "${'x'.repeat(1_000)}"`)).toMatchObject([{ field: 'steps[0].config.code' }]);
    expect(mistakes(code, code, code, code)).toEqual([]);
    expect(mistakes(code, code, code, code, code, code)).toMatchObject([
      { field: 'steps[4].config.code', message: expect.stringContaining('past 131072 characters') as unknown },
    ]);
  });

  it('has no effect to be repeated or looked for', () => {
    const step = { id: 's', type: 'script', config: { code: 'return 1' }, effect: 'keyed', on_in_doubt: 'hold' };
    const fields = validateDefinition({ name: 'w', trigger_type: 'manual', steps: [step] }).map(({ field }) => field);
    expect(fields).toEqual(['steps[0].effect', 'steps[0].on_in_doubt']);
  });
});
