/** What a thread is asked to run. Everything about it is text and numbers: nothing of this process goes in. */
export interface ScriptQuestion {
  /** An expression that is the script's function. */
  code: string;
  /** JSON texts of its arguments, in order; null = undefined. */
  args: readonly (string | null)[];
  /** What the script's clock says, in ms since 1970. */
  nowMs: number;
  /** What Math.random begins with: another number, other values. */
  seed: number;
  limitMs: number;
  memoryBytes: number;
  /** Most characters of the output as JSON. */
  maxOutput: number;
}

/** What came of it. */
export type ScriptOutcome =
  /** JSON text of what it returned. */
  | { output: string }
  /** It returned what JSON has not, or too much of it. */
  | { unusable: string }
  /** It threw, or is none; the line is that of the code, null when that is not known. */
  | { thrown: string; line: number | null }
  | { limit: ScriptLimit };

/** What it took too much of; `depth` is of calls in calls. */
export type ScriptLimit = 'time' | 'memory' | 'depth';

/**
 * Evaluated inside the sandbox before the script, so that it has the built-ins as they were before the script could
 * change them. What it gives back is still judged by the thread as something that the script made.
 */
const PRELUDE = `(() => {
  const { parse, stringify } = JSON;
  const { String, TypeError } = globalThis;
  const call = Function.prototype.call;
  const tagOf = call.bind(Object.prototype.toString);
  const slice = call.bind(String.prototype.slice);
  const includes = call.bind(String.prototype.includes);
  const PLAIN = { __proto__: null, Object: 1, Array: 1, String: 1, Number: 1, Boolean: 1 };
  const strange = (value) => {
    if (typeof value === 'number') return value - value === 0 ? undefined : String(value);
    if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return 'a ' + typeof value;
    if (typeof value !== 'object' || value === null) return undefined;
    const kind = slice(tagOf(value), 8, -1);
    return PLAIN[kind] ? undefined : 'a ' + kind;
  };
  /** '=' and JSON, or '!' and what is wrong. */
  const toJson = (output) => {
    let complaint;
    const check = (key, value) => {
      const what = strange(value);
      if (what === undefined) return value;
      complaint = '!The output ' + (key === '' ? 'is ' : 'holds ') + what + (key === '' ? '' : ' in "' + slice(key, 0, 100) + '"');
      throw complaint;
    };
    try {
      return '=' + (stringify(output, check) ?? 'null');
    } catch (error) {
      if (complaint !== undefined) return complaint;
      if (error instanceof TypeError && includes(String(error.message), 'circular')) return '!The output holds itself';
      throw error;
    }
  };
  /** What was thrown, as a list of texts. */
  const told = (error) => {
    const isError = typeof error === 'object' && error !== null && typeof error.message === 'string';
    if (!isError) return stringify(['', slice(typeof error === 'string' ? error : String(stringify(error)), 0, 1000), '']);
    return stringify([slice(String(error.name), 0, 100), slice(error.message, 0, 1000), slice(String(error.stack), 0, 5000)]);
  };
  return { parse, toJson, told };
})()`;

/**
 * What runs in a thread. As a text, because it must start from sources under the test runner and from compiled code
 * otherwise. Each script has a WebAssembly instance of its own: of what one leaves behind, broken or poisoned, the next
 * sees nothing. The clock of the thread is the script's.
 */
export const SANDBOX_THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { newQuickJSWASMModuleFromVariant, newVariant } = require(workerData.core);
const variant = require(workerData.variant).default;
const wasmModule = new WebAssembly.Module(require('node:fs').readFileSync(workerData.wasm));
const PAGE = 65_536;
/** The interpreter itself and its stack; the script's own memory comes on top. */
const BASE_PAGES = 256;
const STACK_BYTES = 262_144;
/** So that an error can be told when memory has run out. */
const SPARE_BYTES = 1_048_576;
const MOST_TOLD = 20_000;
let now = 0;
Date.now = () => now;
Date.prototype.getTimezoneOffset = () => 0;

async function newRuntime(memoryBytes) {
  const maximum = BASE_PAGES + Math.ceil((memoryBytes + SPARE_BYTES) / PAGE);
  const wasmMemory = new WebAssembly.Memory({ initial: BASE_PAGES, maximum });
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmModule, wasmMemory }));
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(memoryBytes);
  runtime.setMaxStackSize(STACK_BYTES);
  return runtime;
}

/** A text of the sandbox: its length is looked at before it is copied. */
function textOf(vm, handle, most) {
  if (vm.typeof(handle) !== 'string') return undefined;
  const length = vm.getNumber(vm.getProp(handle, 'length'));
  return length > most ? null : vm.getString(handle);
}

function evaluate(runtime, { code, args, nowMs, seed, limitMs, memoryBytes, maxOutput }) {
  // The interpreter seeds Math.random with the time at which its context is made.
  now = seed;
  const vm = runtime.newContext();
  now = nowMs;
  const prelude = vm.unwrapResult(vm.evalCode(workerData.prelude));
  const { parse, toJson, told } = Object.fromEntries(
    ['parse', 'toJson', 'told'].map((name) => [name, vm.getProp(prelude, name)]),
  );
  const call = (handle, ...values) => vm.callFunction(handle, vm.undefined, ...values);
  const end = performance.now() + limitMs;
  let isLate = false;
  runtime.setInterruptHandler(() => (isLate ||= performance.now() > end));

  function failure(error) {
    if (isLate) return { limit: 'time' };
    runtime.setMemoryLimit(memoryBytes + SPARE_BYTES);
    const [name, message, stack] = tell(error);
    if (isLate) return { limit: 'time' };
    if (name === 'InternalError' && message === 'out of memory') return { limit: 'memory' };
    if (name === 'InternalError' && message === 'stack overflow') return { limit: 'depth' };
    const line = /script:(\\d+)/.exec(stack)?.[1];
    return { thrown: name === '' ? message : name + ': ' + message, line: line === undefined ? null : Number(line) };
  }
  function tell(error) {
    const unknown = ['', 'something that cannot be shown', ''];
    try {
      const result = call(told, error);
      const parts = result.error === undefined ? JSON.parse(textOf(vm, result.value, MOST_TOLD)) : unknown;
      return Array.isArray(parts) && parts.length === 3 ? parts.map(String) : unknown;
    } catch {
      return unknown;
    }
  }

  const values = [];
  for (const json of args) {
    const parsed = json === null ? { value: vm.undefined } : call(parse, vm.newString(json));
    if (parsed.error !== undefined) return failure(parsed.error);
    values.push(parsed.value);
  }
  const script = vm.evalCode(code, 'script');
  if (script.error !== undefined) return failure(script.error);
  const returned = call(script.value, ...values);
  if (returned.error !== undefined) return failure(returned.error);
  const settled = result(returned.value);
  if (settled.failed !== undefined) return settled.failed;
  const json = call(toJson, settled.value);
  if (json.error !== undefined) return failure(json.error);
  if (isLate) return { limit: 'time' };
  const text = textOf(vm, json.value, maxOutput + 1);
  if (text === null) return { unusable: 'The output is larger than ' + maxOutput + ' bytes' };
  if (text?.[0] === '!') return { unusable: text.slice(1, 500) };
  return { output: String(text).slice(1) };

  /** A promise is waited for as long as there is something to do. */
  function result(value) {
    if (vm.getPromiseState(value).notAPromise === true) return { value };
    const jobs = runtime.executePendingJobs();
    if (isLate) return { failed: { limit: 'time' } };
    if (jobs.error !== undefined) return { failed: failure(jobs.error) };
    const state = vm.getPromiseState(value);
    if (state.type === 'fulfilled') return { value: state.value };
    if (state.type === 'rejected') return { failed: failure(state.error) };
    return { failed: { thrown: 'it returned a promise that nothing settles', line: null } };
  }
}

parentPort.on('message', async (question) => {
  let runtime;
  try {
    runtime = await newRuntime(question.memoryBytes);
  } catch (error) {
    return parentPort.postMessage({ broken: String(error) });
  }
  let outcome;
  try {
    outcome = evaluate(runtime, question);
  } catch (error) {
    // The interpreter gave up in the middle: its calls nest deeper than those of the thread may, or it is broken.
    outcome = error instanceof RangeError ? { limit: 'depth' } : { thrown: 'it broke the sandbox', line: null };
  }
  parentPort.postMessage(outcome);
});
parentPort.postMessage('ready');`;

/** The text that a thread evaluates in its sandbox before each script. */
export const SANDBOX_PRELUDE = PRELUDE;
