import { getMetadataStorage, IsInt, IsString, Min, validateSync } from 'class-validator';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { rememberRules } from './remember-rules.js';

class Animal {
  @IsString()
  name: unknown = 1;
}

class Dog extends Animal {
  @Min(1, { groups: ['strict'] })
  @IsInt({ always: true })
  legs: unknown = 'four';
}

const storage = getMetadataStorage();
const { getTargetValidationMetadatas: find, addValidationMetadata: add } = storage;
const searched = vi.fn(find);
storage.getTargetValidationMetadatas = searched;
rememberRules();
afterAll(() => Object.assign(storage, { getTargetValidationMetadatas: find, addValidationMetadata: add }));

function mistakes(options: object = {}): string[] {
  return validateSync(new Dog(), options).flatMap(({ constraints = {} }) => Object.keys(constraints));
}

describe('remembered rules', () => {
  it('are those of the class and of those that it extends, for each set of options', () => {
    for (let time = 0; time < 2; time++) {
      expect(mistakes()).toEqual(['isInt', 'min', 'isString']);
      expect(mistakes({ groups: ['strict'] })).toEqual(['isInt', 'min']);
      expect(mistakes({ groups: ['other'] })).toEqual(['isInt']);
      expect(mistakes({ strictGroups: true })).toEqual(['isInt', 'isString']);
    }
  });

  it('are looked for once', () => {
    mistakes();
    searched.mockClear();
    mistakes();
    rememberRules();
    mistakes();
    expect(searched).not.toHaveBeenCalled();
  });

  it('are looked for again when a rule is added', () => {
    mistakes();
    class Cat extends Animal {}
    IsInt()(Cat.prototype, 'lives');
    searched.mockClear();
    mistakes();
    expect(searched).toHaveBeenCalledTimes(1);
    expect(validateSync(new Cat()).map(({ property }) => property)).toEqual(['lives', 'name']);
  });
});
