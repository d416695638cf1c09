import { pathOf } from './field-errors.js';

/** Nest deletes members of these names wherever they are, also inside of what a DTO takes as it comes. */
const STRIPPED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** JSON paths of the members that Nest would delete without a word. */
export function strippedIn(value: unknown, path = ''): string[] {
  return membersOf(value).flatMap(([name, member]) => {
    const field = pathOf(path, name);
    const isStripped = !Array.isArray(value) && STRIPPED.has(name);
    return isStripped ? [field] : strippedIn(member, field);
  });
}

/**
 * JSON paths of the members that did not get into a DTO because every object has something of that name (`toString`):
 * class-transformer leaves them out, in nested DTOs as well. What a DTO took as it came has lost nothing.
 */
export function lostIn(sent: unknown, read: unknown, path = ''): string[] {
  if (sent === read) return [];
  return membersOf(sent).flatMap(([name, member]) => {
    const field = pathOf(path, name);
    if (!Array.isArray(sent) && name in Object.prototype) return [field];
    return lostIn(member, memberOf(read, name), field);
  });
}

function membersOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
