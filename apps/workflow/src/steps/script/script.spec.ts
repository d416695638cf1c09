import type { RunError } from '@app/contracts';
import type { StepDefinition } from '@app/definition';
import { afterAll, describe, expect, it } from 'vitest';
import { World, claimed, pure } from '../../../../../test/workflow/run-world.js';
import { ScriptThreads } from './script-threads.js';

const scripts = new ScriptThreads({ threads: 2, timeoutMs: 1_000, memoryBytes: 33_554_432 });
afterAll(() => scripts.onApplicationShutdown());

const script = (code: string, more: Partial<StepDefinition> = {}): StepDefinition => ({
  id: 's',
  type: 'script',
  config: { code },
  ...more,
});
const run = claimed();
async function ended(
  steps: StepDefinition[],
  input: unknown = { n: 1 },
): Promise<{ output: unknown; error: RunError }> {
  const world = new World({ scripts });
  expect(await world.execution(steps, { run: { ...run, input } }).execute()).toBe('finished');
  const { outputJson, errorJson } = world.last;
  return { output: JSON.parse(outputJson ?? 'null'), error: JSON.parse(errorJson ?? 'null') as RunError };
}
const outputOf = async (code: string, input?: unknown): Promise<unknown> => {
  const { output, error } = await ended([script(code)], input);
  expect(error).toBeNull();
  return output;
};
const errorOf = async (code: string): Promise<RunError> => (await ended([script(code)])).error;

describe('a script', () => {
  it('sees the input, the earlier steps and the run, and its value is the output', async () => {
    const steps = [pure('a', '{"x": input.n + 1}'), script('return { n: input.n, x: steps.a.output.x, id: run.id }')];
    expect((await ended(steps)).output).toEqual({ n: 1, x: 2, id: run.runId });
    expect(await outputOf('return [typeof item, typeof index, typeof steps, Object.keys(steps)]')).toEqual([
      'undefined',
      'undefined',
      'object',
      [],
    ]);
  });

  it('sees the turn of a loop', async () => {
    const loop: StepDefinition = {
      id: 'each',
      type: 'foreach',
      config: { items: 'input.list', concurrency: 3, steps: [script('return `${index}: ${item.name}`')] },
    };
    const input = { list: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] };
    expect((await ended([loop], input)).output).toEqual(['0: a', '1: b', '2: c']);
  });

  it('may read steps in ways that its text does not tell', async () => {
    const read = (code: string): Promise<unknown> =>
      ended([pure('one', '1'), pure('two', '2'), script(code)]).then(({ output }) => output);
    expect(await read('return steps["two"].output')).toBe(2);
    expect(await read('return steps["t" + "wo"].output')).toBe(2);
    expect(await read('const { two: { output } } = steps; return output')).toBe(2);
    expect(await read('return eval("ste" + "ps.two.output")')).toBe(2);
    expect(await read('return Object.keys(steps)')).toEqual(['one', 'two']);
  });

  it('never sees a secret', async () => {
    const seen = 'return [typeof secrets, typeof workflow, JSON.stringify(run).includes("secret")]';
    expect(await outputOf(seen)).toEqual(['undefined', 'undefined', false]);
  });

  it.each([
    ['const xs = [3, 1, 2]; return xs.toSorted().map((x) => x ** 2)', [1, 4, 9]],
    ['return', null],
    ['', null],
    ['return // the end', null],
    ['return new Date(0)', '1970-01-01T00:00:00.000Z'],
    ['return { a: undefined, b: [undefined] }', { b: [null] }],
    ['return "\\u{1F600} ä \\n"', '\u{1F600} ä \n'],
    ['class A { #x = 1; get x() { return this.#x } } return new A().x', 1],
    ['const wait = async (x) => x; return wait(5)', 5],
    ['return (async () => { let n = 0; for (const x of [1, 2]) n += await x; return n })()', 3],
    ['return /(?<y>\\d{4})/.exec("in 2026").groups.y', '2026'],
    ['return this === undefined', true],
    ['return JSON.parse(\'{"__proto__": {"a": 1}}\').a === undefined', true],
  ])('is JavaScript: %s', async (code, output) => {
    if (code === '') code = ';';
    expect(await outputOf(code)).toEqual(output);
  });

  it('says the same in every replay, and something else at another place', async () => {
    const code =
      'return [Date.now(), new Date().toISOString(), new Date().getTimezoneOffset(), Math.random(), Math.random()]';
    const [now, iso, offset, ...random] = (await outputOf(code)) as unknown[];
    expect([now, iso, offset]).toEqual([run.createdAt.getTime(), run.createdAt.toISOString(), 0]);
    expect(await outputOf(code)).toEqual([now, iso, offset, ...random]);
    expect(new Set(random).size).toBe(2);
    const [elsewhere] = [(await ended([script(code, { id: 'other' })])).output as unknown[]];
    expect(elsewhere?.slice(0, 3)).toEqual([now, iso, offset]);
    expect(elsewhere?.[3]).not.toBe(random[0]);
  });
});

describe('a script that fails', () => {
  it.each([
    ['const a = 1;\nconst b = null;\nreturn b.x;', /^The script failed in line 3: TypeError: .*null/],
    ['throw new Error("no stock")', /^The script failed in line 1: Error: no stock$/],
    ['throw "plain"', /^The script failed: plain$/],
    ['throw { code: 7 }', /^The script failed: {"code":7}$/],
    ['throw undefined', /^The script failed: undefined$/],
    ['return (async () => { throw new Error("later") })()', /Error: later$/],
    ['return new Promise(() => {})', /it returned a promise that nothing settles$/],
    ['return missing', /ReferenceError: 'missing' is not defined$/],
    ['return JSON.parse("{")', /SyntaxError/],
    ['throw { get message() { throw 1 } }', /something that cannot be shown$/],
    ['throw new Error("x".repeat(1e6))', /^The script failed in line 1: Error: x{1000}$/],
  ])('says what happened and where: %s', async (code, message) => {
    expect(await errorOf(code)).toEqual({
      code: 'SCRIPT_FAILED',
      message: expect.stringMatching(message),
      step_id: 's',
    });
  });

  it.each([
    ['return () => 1', /^The output is a function; return texts, finite numbers/],
    ['return { a: [{ b: 1n }] }', /^The output holds a bigint in "b"/],
    ['return { n: 0 / 0 }', /^The output holds NaN in "n"/],
    ['return { n: -1 / 0 }', /^The output holds -Infinity in "n"/],
    ['return [Symbol("x")]', /^The output holds a symbol in "0"/],
    ['return new Map()', /^The output is a Map/],
    ['return { wait: Promise.resolve(1) }', /^The output holds a Promise in "wait"/],
    ['return new Error("x")', /^The output is a Error/],
    ['const a = {}; a.a = a; return a', /^The output holds itself/],
    ['return "x".repeat(1_048_577)', /larger than 1048576 bytes/],
    ['return "x".repeat(5_000_000)', /larger than 1048576 bytes/],
    ['return "a\\u0000"', /U\+0000/],
    ['return "\\ud800"', /half a surrogate pair/],
    ['Array.prototype.toJSON = () => undefined; return [1]', /./],
  ])('is told what its output may not be: %s', async (code, message) => {
    const { output, error } = await ended([script(code)]);
    if (error === null) expect(output).toBeNull();
    else expect(error).toEqual({ code: 'OUTPUT_INVALID', message: expect.stringMatching(message), step_id: 's' });
  });

  it('follows on_error like any other step', async () => {
    const { output } = await ended([
      script('throw new Error("a")', { on_error: 'continue' }),
      pure('b', 'steps.s.output.error.code'),
    ]);
    expect(output).toBe('SCRIPT_FAILED');
  });
});

describe('the threads for scripts', () => {
  const endless = (more: Partial<StepDefinition> = {}): StepDefinition => script('for (;;);', more);

  it('end a script at the time that the step allows, and try it again when the step says so', async () => {
    const world = new World({ scripts });
    const retry = { max_attempts: 2, delay_ms: 1, backoff: 1 };
    await world.execution([endless({ timeout_ms: 20, retry })]).execute();
    expect(world.last).toMatchObject({ next: { kind: 'park' } });
    expect(world.journal).toEqual([['failed s']]);
    const { error } = await ended([endless({ timeout_ms: 20 })]);
    expect(error.code).toBe('SCRIPT_LIMIT');
  });

  it('stop one whose run is cancelled, whether it runs or waits, and go on with others', async () => {
    const threads = new ScriptThreads({ threads: 1, timeoutMs: 60_000, memoryBytes: 33_554_432 });
    const worlds = [new World({ scripts: threads }), new World({ scripts: threads })];
    const executions = worlds.map((world) => world.execution([endless(), pure('b')]));
    const ends = executions.map((execution) => execution.execute());
    await new Promise((resolve) => setImmediate(resolve));
    for (const execution of executions) execution.cancel();
    expect(await Promise.all(ends)).toEqual(['finished', 'finished']);
    for (const world of worlds) expect(world.last).toMatchObject({ status: 'cancelled', entries: [] });
    const world = new World({ scripts: threads });
    await world.execution([script('return 1')]).execute();
    expect(world.last).toMatchObject({ status: 'completed', outputJson: '1' });
    await threads.onApplicationShutdown();
  });

  it('let owners take turns', async () => {
    const threads = new ScriptThreads({ threads: 1, timeoutMs: 1_000, memoryBytes: 33_554_432 });
    const order: string[] = [];
    const one = async (owner: string): Promise<void> => {
      const world = new World({ scripts: threads });
      await world.execution([script('return 1')], { run: { userId: owner } }).execute();
      order.push(owner);
    };
    await Promise.all([one('a'), one('a'), one('a'), one('a'), one('b')]);
    expect(order.indexOf('b')).toBeLessThan(3);
    await threads.onApplicationShutdown();
  });
});
