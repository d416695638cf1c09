import { getMetadataStorage } from 'class-validator';

type Find = ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas'];
type Rules = ReturnType<Find>;

const isRemembering = new WeakSet<object>();

/**
 * Lets class-validator find the rules of a class once. It looks through those of all classes for the ones that a class
 * inherits, for each object that it validates: with some hundreds of DTOs that costs more than validating a small one.
 */
export function rememberRules(): void {
  const storage = getMetadataStorage();
  if (isRemembering.has(storage)) return;
  isRemembering.add(storage);
  let known = new WeakMap<object, Map<string, Rules>>();

  const find = storage.getTargetValidationMetadatas.bind(storage);
  const found: Find = (type, schema, always, strictGroups, groups) => {
    if (schema !== '' && schema !== undefined) return find(type, schema, always, strictGroups, groups);
    const key = [always, strictGroups, ...(groups ?? [])].join();
    const ofType = known.get(type) ?? new Map<string, Rules>();
    const rules = ofType.get(key) ?? find(type, schema, always, strictGroups, groups);
    known.set(type, ofType.set(key, rules));
    return rules;
  };
  storage.getTargetValidationMetadatas = found;

  const add = storage.addValidationMetadata.bind(storage);
  storage.addValidationMetadata = (rule) => {
    known = new WeakMap();
    add(rule);
  };
}
