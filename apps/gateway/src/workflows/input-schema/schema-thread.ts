import type { ErrorObject } from 'ajv';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** Longest time for one check, in ms. A schema can be written so that it takes years; this is what bounds it. */
const LIMIT_MS = 2_000;
/** Longest time for a thread to come up, in ms. */
const START_MS = 20_000;
const MEMORY = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };
/** Most checks that wait for the thread. */
const MOST_WAITING = 200;
/** Compiled schemas that the thread keeps. */
const MOST_KEPT = 200;
/** JSON text of an input up to which all mistakes are named; of a larger one the first. */
const ALL_ERRORS_BELOW = 65_536;

/**
 * What runs in the thread. As a text, because it must start from sources under the test runner and from compiled code
 * otherwise. Ajv is strict about keywords it does not know, so that a misspelt one does not look as if it worked, and
 * not about what is only style.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
const { Ajv2020 } = require(workerData.ajv);
const addFormats = require(workerData.formats);
const kept = new Map();
function compiled(text, allErrors) {
  const key = (allErrors ? 'all ' : 'first ') + text;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const options = { allErrors, strictTypes: false, strictTuples: false, strictRequired: false, logger: false };
  const ajv = new Ajv2020(options);
  addFormats(ajv);
  const schema = JSON.parse(text);
  if (!ajv.validateSchema(schema)) return { invalid: ajv.errors.slice(0, 20) };
  const validate = ajv.compile(schema);
  if (validate.$async) throw new Error('$async is not part of JSON Schema');
  if (kept.size >= workerData.mostKept) kept.delete(kept.keys().next().value);
  kept.set(key, validate);
  return validate;
}
parentPort.on('message', ({ schema, input }) => {
  try {
    const validate = compiled(schema, input === undefined || input.length < workerData.allErrorsBelow);
    if (validate.invalid !== undefined) return parentPort.postMessage({ invalidSchema: validate.invalid });
    const valid = input === undefined || validate(JSON.parse(input));
    const errors = valid ? [] : validate.errors.slice(0, 20);
    const plain = ({ instancePath, keyword, params, message }) => ({ instancePath, keyword, params, message });
    parentPort.postMessage({ errors: errors.map(plain) });
  } catch (error) {
    parentPort.postMessage({ unusable: String(error.message) });
  }
});
parentPort.postMessage('ready');`;

/** One mistake, in Ajv's words; `instancePath` is a JSON pointer (RFC 6901) into what was checked. */
export type SchemaMistake = Pick<ErrorObject, 'instancePath' | 'keyword' | 'message'> & {
  params: Record<string, unknown>;
};

export type SchemaAnswer =
  /** None: the input is as the schema says. */
  | { errors: SchemaMistake[] }
  /** The schema is none by the rules of JSON Schema 2020-12. */
  | { invalidSchema: SchemaMistake[] }
  /** It cannot be compiled: an unknown keyword, a reference that leads nowhere, no regular expression. */
  | { unusable: string }
  /** It took longer or more memory than it may. */
  | 'too_much'
  /** Too many are waiting. */
  | 'busy';

interface Check {
  /** JSON text of the schema, and of the input; without one the schema alone is checked. */
  schema: string;
  input: string | undefined;
  resolve(answer: SchemaAnswer): void;
}

/**
 * A thread in which schemas of users are compiled and inputs checked against them, one after the other. What takes too
 * long is ended with the thread, and the next check gets a new one: the event loop is never blocked, whatever a schema
 * says. Nobody waits for the thread: it ends with the process.
 */
export class SchemaThread {
  private readonly queue: Check[] = [];
  private worker: Promise<Worker> | undefined;
  private isBusy = false;

  check(schema: string, input: string | undefined): Promise<SchemaAnswer> {
    if (this.queue.length >= MOST_WAITING) return Promise.resolve('busy');
    return new Promise((resolve) => {
      this.queue.push({ schema, input, resolve });
      void this.work();
    });
  }

  async terminate(): Promise<void> {
    const worker = await this.worker?.catch(() => undefined);
    await worker?.terminate();
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      next.resolve(await this.ask(next));
    }
    this.isBusy = false;
  }

  private async ask({ schema, input }: Check): Promise<SchemaAnswer> {
    this.worker ??= started();
    const worker = await this.worker.catch(() => undefined);
    if (worker === undefined) {
      this.worker = undefined;
      return 'busy';
    }
    const answer = await answerOf(worker, { schema, input }, LIMIT_MS);
    if (answer !== undefined) return answer as SchemaAnswer;
    this.worker = undefined;
    await worker.terminate();
    return 'too_much';
  }
}

async function started(): Promise<Worker> {
  const require = createRequire(import.meta.url);
  const worker = new Worker(THREAD, {
    eval: true,
    resourceLimits: MEMORY,
    workerData: {
      ajv: require.resolve('ajv/dist/2020.js'),
      formats: require.resolve('ajv-formats'),
      mostKept: MOST_KEPT,
      allErrorsBelow: ALL_ERRORS_BELOW,
    },
  });
  worker.on('error', () => undefined);
  const ready = await answerOf(worker, undefined, START_MS);
  if (ready === undefined) throw new Error('The thread for schemas does not start.');
  return worker;
}

/** What the thread says next; undefined when it ends or says nothing in time. */
async function answerOf(worker: Worker, question: object | undefined, limitMs: number): Promise<unknown> {
  worker.ref();
  const answer = await new Promise<unknown>((resolve) => {
    const end = (value: unknown) => {
      clearTimeout(timer);
      worker.off('message', end).off('exit', gone);
      resolve(value);
    };
    const gone = () => end(undefined);
    const timer = setTimeout(gone, limitMs);
    worker.on('message', end).on('exit', gone);
    if (question !== undefined) worker.postMessage(question);
  });
  worker.unref();
  return answer;
}
