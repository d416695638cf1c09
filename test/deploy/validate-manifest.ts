import { createRequire } from 'node:module';
import type { Manifest } from './manifests.js';

const require = createRequire(import.meta.url);

interface Model {
  validate(): void;
}

/**
 * What the Kubernetes API would refuse in a manifest: wrong or missing fields, by the schemas of kubernetes-models, and
 * unknown ones, which those let pass. A field is unknown when validating never looks at it.
 */
export function mistakesIn(manifest: Manifest): string[] {
  const { apiVersion, kind } = manifest;
  const models = require(`kubernetes-models/${apiVersion}/${kind}`) as Record<string, new (data: object) => Model>;
  const Kind = models[kind];
  if (Kind === undefined) return [`${apiVersion} ${kind} is no kind of Kubernetes`];
  const unread = new Set<string>();
  try {
    // Assigned, not passed: the constructor copies, which reads everything.
    Object.assign(new Kind({}), watched(manifest, kind, unread)).validate();
  } catch (error) {
    return [`${kind} ${manifest.metadata.name}: ${String(error)}`];
  }
  return [...unread].map((path) => `${kind} ${manifest.metadata.name}: unknown field ${path}`);
}

/** A copy that takes the path of each field off the list as soon as somebody reads it. */
function watched<T extends object>(value: T, path: string, unread: Set<string>): T {
  const pathOf = (key: string) => `${path}.${key}`;
  const fields = Object.entries(value).map(([key, field]: [string, unknown]) => {
    unread.add(pathOf(key));
    return [key, typeof field === 'object' && field !== null ? watched(field, pathOf(key), unread) : field] as const;
  });
  const copy: object = Array.isArray(value) ? fields.map(([, field]) => field) : Object.fromEntries(fields);
  return new Proxy(copy, {
    get: (target, key) => {
      unread.delete(pathOf(String(key)));
      return Reflect.get(target, key) as unknown;
    },
  }) as T;
}
