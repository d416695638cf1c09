import { describe, expect, it } from 'vitest';
import { standardBounds, type Bounds } from '../bounds.js';
import { validateDefinition } from './validate-definition.js';

const transform = (id: string, expression = 'input') => ({ id, type: 'transform', config: { expression } });
const workflow = (steps: unknown[], more: object = {}) => ({ name: 'w', trigger_type: 'manual', steps, ...more });

describe('validateDefinition', () => {
  it('finds nothing wrong with a valid definition', () => {
    const steps = [
      transform('pick'),
      {
        id: 'route',
        type: 'switch',
        config: {
          cases: [{ if: 'steps.pick.output.x = 1', steps: [transform('inner', 'steps.pick.output')] }],
          else: [{ id: 'wait', type: 'delay', config: { for_ms: '{{ input.ms }}' } }],
        },
      },
      {
        id: 'call',
        type: 'http.request',
        if: '{{ steps.route.output }}',
        retry: { max_attempts: 3, delay_ms: 100, backoff: 2 },
        on_error: 'last',
        config: { method: 'PUT', url: 'http://example.com/{{ input.id }}', headers: { 'X-A': '1' }, body: { a: 1 } },
      },
      {
        id: 'last',
        type: 'email.send',
        config: { to: 'a@example.com', subject: 'Hi', text: '{{ steps.call.output.status }}' },
      },
    ];
    expect(validateDefinition(workflow(steps, { description: 'd', config: { retention_days: 7 } }))).toEqual([]);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['no object', 7, '', /must be an object/],
    ['no steps', workflow([]), 'steps', /at least one step/],
    ['unknown field', workflow([transform('a')], { colour: 1 }), 'colour', /not a known field/],
    [
      'unknown step type',
      workflow([{ id: 'a', type: 'teleport', config: {} }]),
      'steps[0].type',
      /known are http\.request/,
    ],
    [
      'unknown config field',
      workflow([{ id: 'a', type: 'transform', config: { expression: '1', speed: 1 } }]),
      'steps[0].config.speed',
      /not a known field/,
    ],
    [
      'missing config field',
      workflow([{ id: 'a', type: 'transform', config: {} }]),
      'steps[0].config.expression',
      /must be/,
    ],
    ['duplicate id', workflow([transform('a'), transform('a')]), 'steps[1].id', /taken/],
    ['bad id', workflow([transform('A')]), 'steps[0].id', /lower-case/],
    [
      'later step',
      workflow([transform('a', 'steps.b.output'), transform('b')]),
      'steps[0].config.expression',
      /cannot have run yet/,
    ],
    ['a secret', workflow([transform('a', 'secrets.token')]), 'steps[0].config.expression', /reads secrets/],
    ['own output', workflow([transform('a', 'steps.a.output')]), 'steps[0].config.expression', /cannot have run yet/],
    ['bad expression', workflow([transform('a', 'input.(')]), 'steps[0].config.expression', /not a valid expression/],
    [
      'bad template',
      workflow([{ id: 'a', type: 'http.request', config: { method: 'GET', url: 'http://x/{{ ( }}' } }]),
      'steps[0].config.url',
      /not a valid expression/,
    ],
    ['jump back', workflow([transform('a'), { ...transform('b'), on_error: 'a' }]), 'steps[1].on_error', /later step/],
    [
      'inside of a container',
      workflow([
        { id: 'r', type: 'switch', config: { cases: [{ if: '1', steps: [transform('in')] }] } },
        transform('a', 'steps.in.output'),
      ]),
      'steps[1].config.expression',
      /cannot have run yet/,
    ],
    [
      'in a nested list',
      workflow([{ id: 'r', type: 'switch', config: { cases: [{ if: '1', steps: [transform('B')] }] } }]),
      'steps[0].config.cases[0].steps[0].id',
      /lower-case/,
    ],
    [
      'retention',
      workflow([transform('a')], { config: { retention_days: 3 } }),
      'config.retention_days',
      /one of 1, 7/,
    ],
    ['unknown setting', workflow([transform('a')], { config: { speed: 3 } }), 'config.speed', /known are/],
    [
      'hmac without header',
      workflow([transform('a')], {
        trigger_type: 'webhook',
        config: { trigger: { verify: { type: 'hmac', secret: 's' } } },
      }),
      'config.trigger.verify.header',
      /must match/,
    ],
    [
      'an event from nowhere',
      workflow([{ id: 'a', type: 'event.emit', config: { type: 'x', source: 'my shop' } }]),
      'steps[0].config.source',
      /must be a URI reference/,
    ],
    [
      'a wait whose type would be taken as it is',
      workflow([{ id: 'a', type: 'wait.event', config: { type: 'order.{{ input.id }}' } }]),
      'steps[0].config.type',
      /without expressions: let filter/,
    ],
    [
      'a wait whose filter reads what cannot have run',
      workflow([{ id: 'a', type: 'wait.event', config: { type: 'x', filter: 'event.id = steps.b.output' } }]),
      'steps[0].config.filter',
      /reads steps.b, which cannot have run yet/,
    ],
    ['delay without time', workflow([{ id: 'a', type: 'delay', config: {} }]), 'steps[0].config.for_ms', /integer/],
  ])('refuses: %s', (_what, definition, field, message) => {
    const errors = validateDefinition(definition);
    expect(errors.map((error) => error.field)).toContain(field);
    expect(errors.find((error) => error.field === field)?.message).toMatch(message);
  });

  it.each([
    'https://user:s3cret@example.com/',
    'https://user@example.com/',
    'https://{{ input.user }}:{{ input.password }}@example.com/',
    'https://{{ input.user }}@example.com/{{ input.path }}',
  ])('refuses credentials in %s, of a step and of its probe', (url) => {
    const config = { method: 'GET', url };
    const call = { id: 'a', type: 'http.request', config };
    const probed = {
      ...call,
      config: { method: 'POST', url: 'https://x/' },
      probe: { request: config, expression: '1' },
    };
    const message = expect.stringMatching(/^must not hold a user and password: send the header authorization instead/);
    expect(validateDefinition(workflow([call]))).toEqual([{ field: 'steps[0].config.url', message }]);
    expect(validateDefinition(workflow([probed]))).toEqual([{ field: 'steps[0].probe.request.url', message }]);
  });

  it.each([
    'https://example.com/@user:x',
    '{{ input.base }}/x',
    'https://example.com/?a=b@c',
    'https://{{ input.host }}/',
  ])('finds no credentials in %s', (url) => {
    const config = { method: 'GET', url };
    expect(validateDefinition(workflow([{ id: 'a', type: 'http.request', config }]))).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['trigger type', workflow([transform('a')], { trigger_type: '{{ input.x }}' }), 'trigger_type'],
    ['id', workflow([transform('{{ 1 }}')]), 'steps[0].id'],
    ['time-out', workflow([{ ...transform('a'), timeout_ms: '{{ 1 }}' }]), 'steps[0].timeout_ms'],
    ['list of cases', workflow([{ id: 'a', type: 'switch', config: { cases: '{{ 1 }}' } }]), 'steps[0].config.cases'],
    [
      'header that is verified',
      workflow([transform('a')], {
        trigger_type: 'webhook',
        config: { trigger: { verify: { type: 'hmac', secret: 's', header: '{{ 1 }}' } } },
      }),
      'config.trigger.verify.header',
    ],
  ])('takes no expression for a %s, which nobody would resolve', (_what, definition, field) => {
    expect(validateDefinition(definition).map((error) => error.field)).toContain(field);
  });

  it('lets an expression be a member of a list, which has its length all the same', () => {
    const mail = (to: string[]) => ({ id: 'm', type: 'email.send', config: { to, subject: 's', text: 't' } });
    expect(validateDefinition(workflow([mail(['a@example.org', '{{ input.address }}'])]))).toEqual([]);
    const many = Array.from({ length: 51 }, () => '{{ input.address }}');
    expect(validateDefinition(workflow([mail(many)])).map(({ field }) => field)).toEqual(['steps[0].config.to']);
  });

  it('does not take a member of the data for a step', () => {
    expect(
      validateDefinition(workflow([transform('a', 'input.list[steps.x = 1]'), transform('b', 'input.steps.x')])),
    ).toEqual([]);
  });
});

describe('the trigger of a webhook', () => {
  const errorsOf = (trigger: object): string[] =>
    validateDefinition(workflow([transform('a')], { trigger_type: 'webhook', config: { trigger } })).map(
      ({ field }) => field,
    );

  it.each<[object]>([
    [{ respond: 'accepted' }],
    [{ respond: 'output' }],
    [{ respond: { mode: 'output', timeout_ms: 30_000, status: 201, headers: { 'X-A': '{{ output }}' }, body: [1] } }],
    [{ respond: { mode: 'output', status: '{{ output.status }}', body: null } }],
    [{ challenge: 'slack', dedupe: 'input.body.event_id' }],
    [{ challenge: { type: 'meta', secret: 's' } }],
    [{ challenge: 'meta', verify: { type: 'bearer', secret: 's' } }],
    [{ verify: { type: 'standard-webhooks', secret: 's', tolerance_s: 60 } }],
  ])('may be %j', (trigger) => expect(errorsOf(trigger)).toEqual([]));

  it.each<[object, string]>([
    [{ respond: 'later' }, 'config.trigger.respond.mode'],
    [{ respond: 7 }, 'config.trigger.respond'],
    [{ respond: { mode: 'output', other: 1 } }, 'config.trigger.respond.other'],
    [{ respond: { mode: 'output', timeout_ms: 30_001 } }, 'config.trigger.respond.timeout_ms'],
    [{ respond: { mode: 'output', status: 99 } }, 'config.trigger.respond.status'],
    [{ respond: { mode: 'output', status: 302 } }, 'config.trigger.respond.status'],
    [{ respond: { mode: 'output', status: 'created' } }, 'config.trigger.respond.status'],
    [{ respond: { mode: 'output', headers: { 'Set-Cookie': 'a=b' } } }, 'config.trigger.respond.headers.Set-Cookie'],
    [{ respond: { mode: 'output', headers: { 'X-A': 1 } } }, 'config.trigger.respond.headers.X-A'],
    [{ respond: { mode: 'output', body: ['{{ ( }}'] } }, 'config.trigger.respond.body'],
    [{ respond: { mode: 'accepted', status: 200 } }, 'config.trigger.respond'],
    [{ dedupe: '(' }, 'config.trigger.dedupe'],
    [{ dedupe: '' }, 'config.trigger.dedupe'],
    [{ challenge: 'meta' }, 'config.trigger.challenge.secret'],
    [{ challenge: 'other' }, 'config.trigger.challenge.type'],
    [{ verify: { type: 'standard-webhooks' } }, 'config.trigger.verify.secret'],
  ])('may not be %j', (trigger, field) => expect(errorsOf(trigger)).toContain(field));
});

it('knows no field that is called like a method of every object, and lets data be called as they like', () => {
  const call = { method: 'PUT', url: 'https://example.com/', body: { constructor: 1, toString: 2, hasOwnProperty: 3 } };
  const nested = (more: object): unknown => ({
    id: 'choice',
    type: 'switch',
    config: { cases: [{ if: 'true', steps: [{ id: 'a', type: 'http.request', config: call, ...more }] }] },
  });
  expect(validateDefinition(workflow([nested({})]))).toEqual([]);
  for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
    const fields = validateDefinition(workflow([nested({ [name]: 1 })])).map(({ field }) => field);
    expect(fields).toEqual([`steps[0].config.cases[0].steps[0].${name}`]);
  }
});

it('refuses a probe of null', () => {
  const put = { id: 'a', type: 'http.request', config: { method: 'PUT', url: 'https://example.com/' }, probe: null };
  expect(validateDefinition(workflow([put]))).toEqual([{ field: 'steps[0].probe', message: expect.any(String) }]);
});

describe('a cron trigger', () => {
  const cron = (trigger?: unknown) =>
    validateDefinition(
      workflow([transform('a')], { trigger_type: 'cron', ...(trigger !== undefined && { config: { trigger } }) }),
    );

  it.each([
    { cron: '30 6 * * MON-FRI' },
    {
      cron: '*/10 * * * * *',
      timezone: 'America/New_York',
      overlap: 'queue',
      catch_up: 'all',
      catch_up_window_s: 3600,
    },
    { cron: '@daily', overlap: 'cancel', catch_up: 'none' },
  ])('may be %j', (trigger) => {
    expect(cron(trigger)).toEqual([]);
  });

  it.each<[unknown, string, RegExp]>([
    [undefined, 'config.trigger', /object/],
    [{}, 'config.trigger.cron', /must be a text: write minute, hour/],
    [{ cron: '0 0 30 2 *' }, 'config.trigger.cron', /never fires.*correct the day/],
    [{ cron: '61 * * * *' }, 'config.trigger.cron', /minute: 61; write minute, hour/],
    [{ cron: '@reboot' }, 'config.trigger.cron', /known are @yearly/],
    [{ cron: 'constructor' }, 'config.trigger.cron', /write minute, hour/],
    [{ cron: '@daily', timezone: '+02:00' }, 'config.trigger.timezone', /IANA zone, like Europe\/Berlin/],
    [{ cron: '@daily', timezone: 7 }, 'config.trigger.timezone', /IANA/],
    [{ cron: '@daily', overlap: 'join' }, 'config.trigger.overlap', /skip, queue, allow, cancel/],
    [{ cron: '@daily', catch_up: 'some' }, 'config.trigger.catch_up', /none, last, all/],
    [{ cron: '@daily', catch_up_window_s: 1 }, 'config.trigger.catch_up_window_s', /60/],
    [{ cron: '@daily', at: 'noon' }, 'config.trigger.at', /not a known field/],
  ])('may not be %j', (trigger, field, message) => {
    expect(cron(trigger)).toContainEqual({ field, message: expect.stringMatching(message) });
  });
});

describe('the bounds of a definition', () => {
  const repeat = (iterations: number, ...steps: unknown[]) => ({
    id: `r${iterations}`,
    type: 'repeat',
    config: { max_iterations: iterations, steps },
  });
  it.each<[keyof Bounds, number, object, string, string]>([
    ['maxSteps', 2, workflow([transform('a'), transform('b'), transform('c')]), 'steps[2]', 'WORKFLOW_MAX_STEPS'],
    [
      'maxNesting',
      2,
      workflow([repeat(1, repeat(2, transform('a')))]),
      'steps[0].config.steps[0].config.steps',
      'WORKFLOW_MAX_NESTING',
    ],
    ['maxDefinitionBytes', 100, workflow([transform('a'), transform('b')]), '', 'WORKFLOW_MAX_DEFINITION_BYTES'],
    [
      'maxIterations',
      4,
      workflow([repeat(5, transform('a'))]),
      'steps[0].config.max_iterations',
      'WORKFLOW_MAX_ITERATIONS',
    ],
  ])('%s are told and named', (bound, value, definition, field, variable) => {
    expect(validateDefinition(definition)).toEqual([]);
    const errors = validateDefinition(definition, { ...standardBounds, [bound]: value });
    expect(errors).toEqual([{ field, message: expect.stringMatching(`${value}.*${variable}`) }]);
    expect(validateDefinition(definition, { ...standardBounds, [bound]: value * 3 })).toEqual([]);
  });
});
