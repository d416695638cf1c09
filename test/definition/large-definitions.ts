/** About the most that a definition may have, in bytes of JSON (WORKFLOW_MAX_DEFINITION_BYTES). */
const BYTES = 1_048_000;
/** The most steps that one may have (WORKFLOW_MAX_STEPS), and the lists inside one another (WORKFLOW_MAX_NESTING). */
const STEPS = 1_000;
const NESTING = 16;

type Step = Record<string, unknown>;

/**
 * Definitions of a mebibyte that make most work for whoever checks them, by what they have much of. Some are right and some
 * have as many mistakes as fit.
 */
export function largeDefinitions(): Record<string, object> {
  return {
    'a thousand steps with large configs': workflow(
      range(STEPS, (i) => request(i, { body: { text: 'x'.repeat(900) } })),
    ),
    'a thousand steps with many expressions': filled((size) =>
      range(STEPS, (i) => request(i, { body: range(size, () => '{{ input.a }}') })),
    ),
    'one step with many expressions': filled((size) => [request(0, { body: range(size, () => '{{ input.a }}') })]),
    'many different expressions': workflow(
      range(STEPS, (i) =>
        request(i, { body: { read: range(10, (n) => `{{ input.a${i} + ${n} }}`), text: 'x'.repeat(600) } }),
      ),
    ),
    'more expressions than there may be': filled((size) => [request(0, { body: range(size, (i) => `{{a${i}}}`) })]),
    'one text with many expressions': filled((size) => [request(0, { body: '{{a}}'.repeat(size) })]),
    'one config with many members': filled((size) => [
      request(0, { body: Object.fromEntries(range(size, (i) => [`m${i}`, i])) }),
    ]),
    'lists within lists of a config': filled((size) => [request(0, { body: range(size, () => [[[[]]]]) })]),
    'one long text': filled((size) => [request(0, { body: 'x'.repeat(size) })]),
    'texts of opened braces': filled((size) => [request(0, { body: '{{'.repeat(size) })]),
    'texts of blanks and an opened brace': filled((size) => [request(0, { body: `${' '.repeat(size)}{{` })]),
    'long expressions': workflow(range(64, (i) => transform(i, `1${'+1'.repeat(8_150)}`))),
    'long expressions of brackets': workflow(range(64, (i) => transform(i, '['.repeat(16_000)))),
    'long expressions of nested lists': workflow(range(64, (i) => transform(i, nested('[', ']', 1_000, 16_000)))),
    'long expressions of paths': workflow(range(64, (i) => transform(i, `a${'.a'.repeat(8_150)}`))),
    'long expressions of calls': workflow(range(64, (i) => transform(i, `[${'$f(),'.repeat(3_250)}1]`))),
    'long expressions of parents': workflow(range(64, (i) => transform(i, `a${'.%'.repeat(8_150)}`))),
    'long expressions of filters': workflow(range(64, (i) => transform(i, `a${'[0]'.repeat(5_400)}`))),
    'long expressions of assignments': workflow(range(128, (i) => transform(i, `(${'$a:='.repeat(2_000)}1)`))),
    'long expressions of regular expressions': workflow(
      range(64, (i) => transform(i, `[${`$match(a,/${'b'.repeat(140)}/),`.repeat(105)}1]`)),
    ),
    'one long regular expression': workflow(range(1_000, (i) => transform(i, `/${'a{1,2}'.repeat(160)}/`))),
    'references of a thousand steps': workflow(
      range(STEPS, (i) => transform(i, `[${range(50, (n) => (i === 0 ? '1' : `steps.s${n % i}.output`)).join()}]`)),
    ),
    'references to what cannot have run': workflow(
      range(STEPS, (i) => transform(i, `[${range(70, (n) => `steps.t${n}.xyz`).join()}]`)),
    ),
    'jumps to the last step': workflow(
      range(STEPS, (i) => ({ ...request(i, { body: 'x'.repeat(900) }), on_error: i < STEPS - 1 ? 's999' : 'fail' })),
    ),
    'lists inside one another': workflow(deep(NESTING, 'x'.repeat(65_000))),
    'loops inside one another beside many steps': workflow(deepWith(NESTING, 60, 900)),
    'switches of a hundred cases': workflow(
      range(9, (i) => ({
        id: `w${i}`,
        type: 'switch',
        config: {
          cases: range(100, (n) => ({
            if: `input.a = ${n}`,
            steps: [request(i * 100 + n, { body: 'x'.repeat(900) })],
          })),
        },
      })),
    ),
    'branches by the hundred': workflow(
      range(9, (i) => ({
        id: `w${i}`,
        type: 'parallel',
        config: {
          branches: Object.fromEntries(range(100, (n) => [`b${n}`, [request(i * 100 + n, { body: 'x'.repeat(900) })]])),
        },
      })),
    ),
    'scripts beyond their limit': workflow(
      range(32, (i) => ({ id: `c${i}`, type: 'script', config: { code: `return [${'1,'.repeat(16_300)}]` } })),
    ),
    'steps that are none': filled((size) => range(size, () => 1 as unknown as Step)),
    'empty steps': filled((size) => range(size, () => ({}))),
    'steps without anything right': filled((size) => range(size, () => ({ a: 1, config: {} }))),
    'more steps than there may be': filled((size) => range(size, (i) => ({ id: `s${i}`, type: 'fail', config: {} }))),
    'steps of one id': filled((size) => range(size, () => ({ id: 's', type: 'fail', config: { message: 'm' } }))),
    'steps of types that there are none of': filled((size) => range(size, () => ({ id: 's', type: 't', config: {} }))),
    'unknown members of a step': filled((size) => [{ ...request(0), ...unknowns(size) }]),
    'unknown members of a config': filled((size) => [request(0, unknowns(size))]),
    'unknown members of the definition': filled(() => [request(0)], unknowns),
    'unknown members of its config': filled(
      () => [request(0)],
      (size) => ({ config: unknowns(size) }),
    ),
    'numbers for members of a config': filled((size) => [
      request(0, Object.fromEntries(range(size, (i) => [String(i), 1]))),
    ]),
    'cases that are none': filled((size) => [{ id: 'w', type: 'switch', config: { cases: range(size, () => 1) } }]),
    'cases with nothing right': filled((size) => [
      { id: 'w', type: 'switch', config: { cases: range(size, () => ({})) } },
    ]),
    'too many branches': filled((size) => [
      { id: 'w', type: 'parallel', config: { branches: Object.fromEntries(range(size, (i) => [`b${i}`, []])) } },
    ]),
    'a webhook that answers with many expressions': filled(
      () => [request(0)],
      (size) => ({
        trigger_type: 'webhook',
        config: {
          trigger: { verify: { type: 'none' }, respond: { mode: 'output', body: range(size, (i) => `{{a${i}}}`) } },
        },
      }),
    ),
    'a long URL of opened braces': filled((size) => [request(0, { url: `https://${'{{'.repeat(size)}` })]),
    'a long path to many mistakes': workflow([
      request(0, { body: { ['x'.repeat(500_000)]: range(58_000, () => '{{(}}') } }),
    ]),
    'a long cron line': filled(
      () => [request(0)],
      (size) => ({
        trigger_type: 'cron',
        config: { trigger: { cron: '0,'.repeat(size), timezone: 'x'.repeat(9) } },
      }),
    ),
    'jumps to nowhere': filled((size) =>
      range(size, (i) => ({ id: `s${i}`, type: 'fail', config: { message: 'm' }, on_error: 'nowhere' })),
    ),
    'expressions that do not parse': filled((size) => [request(0, { body: range(size, () => '{{(}}') })]),
    'addresses of a mail': filled((size) => [
      { id: 'm', type: 'email.send', config: { to: range(size, (i) => `a${i}@example.com`), subject: 's', text: 't' } },
    ]),
  };
}

function workflow(steps: Step[], more: object = {}): object {
  return { name: 'Large', trigger_type: 'manual', steps, ...more };
}

/** With so many of something as fit. */
function filled(steps: (size: number) => Step[], more: (size: number) => object = () => ({})): object {
  const made = (size: number): object => workflow(steps(size), more(size));
  const bytes = (size: number): number => Buffer.byteLength(JSON.stringify(made(size)));
  let size = Math.floor((BYTES * 1_000) / (bytes(2_000) - bytes(1_000)));
  while (bytes(size) > BYTES) size = Math.floor(size * 0.98);
  return made(size);
}

function request(i: number, more: object = {}): Step {
  return { id: `s${i}`, type: 'http.request', config: { method: 'GET', url: 'https://api.example.com/', ...more } };
}

/** Each with an expression of its own, or it would be parsed once for all. */
function transform(i: number, expression: string): Step {
  return { id: `s${i}`, type: 'transform', config: { expression: `/*${i}*/${expression}` } };
}

function unknowns(size: number): object {
  return Object.fromEntries(range(size, (i) => [`u${i}`, 1]));
}

/** Lists of so many levels, as often as they fit into so many characters. */
function nested(open: string, close: string, depth: number, characters: number): string {
  const one = `${open.repeat(depth)}1${close.repeat(depth)}`;
  return `[${range(Math.floor(characters / (one.length + 1)), () => one).join()}]`;
}

function deep(levels: number, text: string): Step[] {
  const leaf: Step[] = [request(levels, { body: text })];
  return range(levels - 1, (i) => i).reduce<Step[]>(
    (inside, i) => [
      { id: `l${i}`, type: 'foreach', config: { items: 'input', steps: inside } },
      request(i, { body: text }),
    ],
    leaf,
  );
}

function deepWith(levels: number, each: number, characters: number): Step[] {
  const some = (level: number): Step[] =>
    range(each, (i) => request(level * each + i, { body: { text: 'x'.repeat(characters), read: '{{ item }}' } }));
  return range(levels - 1, (i) => i).reduce<Step[]>(
    (inside, i) => [...some(i), { id: `l${i}`, type: 'foreach', config: { items: 'input', steps: inside } }],
    some(levels),
  );
}

function range<T>(size: number, item: (i: number) => T): T[] {
  return Array.from({ length: size }, (_, i) => item(i));
}
