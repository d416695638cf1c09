import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface LockedPackage {
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

/** Whether a package that `parent` asks for is locked, beside it or above it. */
function isLocked(parent: string, name: string): boolean {
  return packages[`${parent}/node_modules/${name}`] !== undefined || packages[`node_modules/${name}`] !== undefined;
}

// npm leaves them out when the registry at hand does not have them, and then refuses `npm ci` on every machine.
it('package-lock.json holds the packages of all platforms, so that npm ci works on each', () => {
  const missing = Object.entries(packages).flatMap(([parent, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(parent, name)),
  );
  expect(missing).toEqual([]);
});
