import { getMetadataStorage, IsDefined, IsIn, IsInt, IsOptional, validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { stepKind, stepTypes } from '../step-kinds/registry.js';
import { Limits } from './limits.shape.js';
import { checkShape } from './check-shape.js';
import { keeps, plainRules } from './plain-rules.js';

const rulesOf = (shape: new () => object) => getMetadataStorage().getTargetValidationMetadatas(shape, '', false, false);

/** What members are tried with. */
const values: readonly unknown[] = [
  undefined,
  null,
  0,
  -1,
  1.5,
  1e9,
  '',
  'x',
  'x'.repeat(9_000),
  'https://a:b@c/',
  '2026-01-01T00:00:00Z',
  '018f0c9e-0000-7000-8000-000000000000',
  true,
  [],
  ['x', 1],
  [{}],
  {},
  { a: 1 },
];

describe('rules that are asked directly', () => {
  const verdicts = new Map<string, Set<boolean>>();

  it.each(stepTypes)('say of the config of %s what class-validator says', (type) => {
    const shape = stepKind(type).config;
    const rules = plainRules(rulesOf(shape));
    if (rules === undefined) return;
    const told = new Set<boolean>();
    verdicts.set(type, told);
    for (const example of stepKind(type).examples) {
      for (const name of [...rules.keys(), 'unknown']) {
        for (const value of [Reflect.get(example, name), ...values]) {
          const config = Object.assign(new shape(), example, { [name]: value });
          const found = validateSync(config, { whitelist: true, forbidNonWhitelisted: true });
          expect(keeps(rules, config), `${name}: ${String(value)}`).toBe(found.length === 0);
          told.add(found.length === 0);
        }
      }
    }
  });

  it('are those of most step types, and say both', () => {
    const both = [...verdicts].filter(([, told]) => told.size === 2).map(([type]) => type);
    expect(both).toEqual(expect.arrayContaining(['http.request', 'event.emit', 'transform', 'delay', 'wait.signal']));
  });

  it('leave members with a class of their own, and what is asked under a condition of its own, to class-validator', () => {
    class Sometimes {
      @IsInt({ validateIf: () => false })
      n: unknown;
    }
    expect(plainRules(rulesOf(Limits))).toBeUndefined();
    expect(plainRules(rulesOf(Sometimes))).toBeUndefined();
  });

  it('hold for each of several, and where a value must be there', () => {
    class Some {
      @IsDefined()
      there: unknown;

      @IsOptional()
      @IsIn([1, 2], { each: true })
      each?: unknown;
    }
    const cases: [object, boolean][] = [
      [{}, false],
      [{ there: null }, false],
      [{ there: 0 }, true],
      [{ there: 0, each: 1 }, true],
      [{ there: 0, each: 3 }, false],
      [{ there: 0, each: [1, 2] }, true],
      [{ there: 0, each: [1, 3] }, false],
      [{ there: 0, each: [] }, true],
    ];
    for (const [value, isValid] of cases) {
      expect(checkShape(Some, value, '').errors.length === 0, JSON.stringify(value)).toBe(isValid);
      expect(keeps(plainRules(rulesOf(Some)) ?? new Map(), Object.assign(new Some(), value))).toBe(isValid);
    }
  });

  it('take members that every object has for unknown ones', () => {
    const { errors } = checkShape(stepKind('transform').config, { expression: '1', toString: 1 }, 'config');
    expect(errors.map(({ field }) => field)).toEqual(['config.toString']);
  });
});
