import type { FieldError } from '@app/contracts';

/** Nest deletes members of these names wherever they are, also inside of what a DTO takes as it comes. */
const STRIPPED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Most bodies have nothing to tell, and large ones are walked through in full: for them nothing is allocated. */
const NONE: readonly string[] = [];

type Members = Readonly<Record<string, unknown>>;

/** What is wrong with the names of members that Nest would delete without a word. */
export function reservedNamesIn(value: unknown): FieldError[] {
  const message = 'cannot have this name, which JavaScript keeps for itself: choose another one';
  return strippedIn(value).map((field) => ({ field, message }));
}

/** JSON paths of these members. */
function strippedIn(value: unknown): readonly string[] {
  if (!hasMembers(value)) return NONE;
  const isList = Array.isArray(value);
  return eachMember(value, (name) => (!isList && STRIPPED.has(name) ? ITSELF : strippedIn(value[name])));
}

/**
 * JSON paths of the members that did not get into a DTO because every object has something of that name (`toString`):
 * class-transformer leaves them out, in nested DTOs as well. What a DTO took as it came has lost nothing.
 */
export function lostIn(sent: unknown, read: unknown): readonly string[] {
  if (sent === read || !hasMembers(sent)) return NONE;
  const isList = Array.isArray(sent);
  return eachMember(sent, (name) =>
    !isList && name in Object.prototype ? ITSELF : lostIn(sent[name], hasMembers(read) ? read[name] : undefined),
  );
}

/** The path from a member to itself. */
const ITSELF: readonly string[] = [''];

/** @param pathsIn from a member to what is found in it */
function eachMember(value: Members, pathsIn: (name: string) => readonly string[]): readonly string[] {
  let found: string[] | undefined;
  for (const name of Object.keys(value)) {
    for (const path of pathsIn(name)) (found ??= []).push(below(name, path));
  }
  return found ?? NONE;
}

/** `steps` and `[2].config` make `steps[2].config`. */
function below(name: string, path: string): string {
  const member = /^\d+$/.test(name) ? `[${name}]` : name;
  return path === '' || path.startsWith('[') ? member + path : `${member}.${path}`;
}

function hasMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}
