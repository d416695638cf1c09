/**
 * Test files share a process, see vitest.config.ts: what one file writes into the environment for the application that
 * it starts is not there for the next one. Runs before each file.
 */
const AT_FIRST = Symbol.for('biometrics.test.environment');

const processWide = globalThis as { [AT_FIRST]?: NodeJS.ProcessEnv };
const atFirst = (processWide[AT_FIRST] ??= { ...process.env });
for (const name of Object.keys(process.env)) if (!(name in atFirst)) Reflect.deleteProperty(process.env, name);
Object.assign(process.env, atFirst);
