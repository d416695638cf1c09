import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';

const folder = join(import.meta.dirname, 'assets');
const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));

/** What the bundle of @simplewebauthn/browser leaves in the page. */
const globals = `declare const SimpleWebAuthnBrowser: typeof import('@simplewebauthn/browser');`;

it('the scripts of the pages are sound, as far as the compiler can tell', () => {
  const options: ts.CompilerOptions = {
    allowJs: true,
    checkJs: true,
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: false,
    skipLibCheck: true,
    skipDefaultLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
  };
  const declarations = join(folder, 'globals.d.ts');
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (name) => (name === declarations ? globals : readFile(name));
  host.fileExists = (name) => name === declarations || fileExists(name);
  const { getSourceFile } = host;
  host.getSourceFile = (name, language) =>
    name === declarations ? ts.createSourceFile(name, globals, language) : getSourceFile(name, language);
  const program = ts.createProgram([declarations, ...scripts.map((name) => join(folder, name))], options, host);
  const mistakes = ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  expect(scripts.length).toBeGreaterThan(5);
  expect(mistakes).toEqual([]);
}, 60_000);
