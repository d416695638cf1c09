import { writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { rolldown, type ModuleFormat, type Plugin } from 'rolldown';

const DIST = join(import.meta.dirname, '..', '..', '..', '..', 'dist');

/** The form of RxJS of which unused parts can be left out: Node.js is given the other one. */
const RXJS = join(DIST, '..', 'node_modules', 'rxjs', 'dist', 'esm');

/** Packages that are compiled for a machine, or loaded only where somebody has installed them. */
const OUTSIDE = [/^@node-rs\//, /^@nestjs\/(microservices|websockets|platform-)/, 'pg-native'];
/** What is loaded for what it does: all else is left out when nobody uses what it exports. */
const WITH_EFFECTS = /reflect-metadata|\/(engine-alone|lease-thread|run-script)\.js$/;

/**
 * Modules of which the engine alone needs the name: Redis is away, Nest's own logger never speaks, and nothing is pushed to a
 * gateway of metrics. Of undici it needs what the client for calls is made of, and not fetch, caches, mocks and HTTP/2.
 */
const REPLACED: readonly (readonly [path: RegExp, code: string])[] = [
  [/\/redis-transport\.client\.js$/, 'export class RedisTransportClient {}'],
  [/\/limit-store\.js$/, 'export class LimitStore {}'],
  [/\/console-logger\.service\.js$/, 'export class ConsoleLogger {}'],
  [/\/pushgateway\.js$/, 'module.exports = undefined;'],
  [/\/undici\/lib\/dispatcher\/client-h2\.js$/, 'module.exports = undefined;'],
  [
    /\/undici\/index\.js$/,
    `Object.assign(require('./lib/dispatcher/dispatcher').prototype, require('./lib/api'));
     module.exports = { Agent: require('./lib/dispatcher/agent') };`,
  ],
];

/** Node.js 20 loads the whole of fetch for whoever looks at a part of it. */
const NEVER_LOOKED_AT = {
  // pg looks where this is missing, to find out whether it runs elsewhere; Node.js has it from 21 on.
  navigator: '({ userAgent: "Node.js" })',
  // undici looks whether it is its own.
  'globalThis.Headers': 'undefined',
};

/**
 * Puts the compiled engine (`npm run build` first) and the packages that it uses into one script, and the thread that keeps
 * its lease into another one beside it. A process reads these instead of 1,600 files, and with the compiled code that another
 * one kept (`run-script.ts`) it starts in a fraction of the time.
 * @param folder an empty one
 * @returns what to start Node.js with
 */
export async function bundleEngine(folder: string): Promise<string> {
  const [run, engine, leaseThread] = await Promise.all([
    bundle('test/chaos/processes/run-script.js', 'cjs'),
    bundle('test/chaos/processes/engine-alone.js', 'esm'),
    bundle('libs/database/src/replicas/lease-thread.js', 'esm'),
  ]);
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  const put = (name: string, module: string): string => {
    const file = join(folder, name);
    writeFileSync(file, run);
    writeFileSync(`${file}.script`, asScript(module));
    return file;
  };
  put('lease-thread.js', leaseThread);
  return put('engine.js', engine);
}

async function bundle(main: string, format: ModuleFormat): Promise<string> {
  const bundler = await rolldown({
    input: join(DIST, main),
    platform: 'node',
    external: OUTSIDE,
    plugins: format === 'esm' ? [nodeItself, replaced] : [],
    // Of packages that come in both forms the one of which unused parts can be left out.
    resolve: { mainFields: ['module', 'main'], alias: { rxjs: RXJS } },
    treeshake: { moduleSideEffects: (id) => WITH_EFFECTS.test(id) },
    transform: { define: NEVER_LOOKED_AT },
    logLevel: 'silent',
  });
  // What one module patches when it is loaded, others use when they are: in the order in which they are written.
  const { output } = await bundler.generate({
    format,
    codeSplitting: false,
    strictExecutionOrder: true,
    polyfillRequire: false,
    comments: false,
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  });
  await bundler.close();
  return output[0].code;
}

const BUILT_IN = '\0built-in:';
/** Modules of Node.js are asked of Node.js, so that a script imports nothing. */
const nodeItself: Plugin = {
  name: 'node-itself',
  resolveId: (id, importer) =>
    isBuiltin(id) && importer?.startsWith('\0') !== true
      ? { id: `${BUILT_IN}${id}`, moduleSideEffects: false }
      : undefined,
  load: (id) =>
    id.startsWith(BUILT_IN)
      ? { code: `module.exports = process.getBuiltinModule('${id.slice(BUILT_IN.length)}')`, moduleType: 'js' }
      : undefined,
};

const replaced: Plugin = {
  name: 'replaced',
  load: (id) => REPLACED.find(([path]) => path.test(id))?.[1],
};

/**
 * V8 keeps the compiled code of scripts and not that of modules, so the module becomes a function of `require` and its own
 * address. Characters beyond ASCII are written as escapes: a string of one byte for each character is the fastest one to read.
 */
function asScript(module: string): string {
  const body = module
    .replaceAll('import.meta.url', 'address')
    .replace(/^export *\{ *\};?\s*$|(?<=;)export\{\};\s*$/m, '')
    .replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `(async (require, address) => {${body}\n})`;
}
