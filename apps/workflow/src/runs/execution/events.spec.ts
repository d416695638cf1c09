import { newId, type CloudEvent } from '@app/contracts';
import type { StepDefinition } from '@app/definition';
import { describe, expect, it } from 'vitest';
import { pure, World } from '../../../../../test/workflow/run-world.js';

describe('event.emit', () => {
  const emit = (config: Record<string, unknown> = {}): StepDefinition => ({
    id: 'tell',
    type: 'event.emit',
    config: { type: 'org.example.made', ...config },
  });

  it('wishes for its event in the commit that says that it was sent', async () => {
    const world = new World();
    const config = { source: '/shop/{{ input.n }}', subject: 'order {{ input.n }}', data: { n: '{{ input.n }}' } };
    const execution = world.execution([emit(config), pure('after')]);
    expect(await execution.execute()).toBe('finished');
    expect(world.journal[0]).toEqual(['completed tell']);
    const event = {
      specversion: '1.0',
      id: `${execution.run.runId}/tell`,
      source: '/shop/1',
      type: 'org.example.made',
      subject: 'order 1',
      time: '1970-01-01T00:00:01.000Z',
      datacontenttype: 'application/json',
      data: { n: 1 },
    };
    expect(world.commits.map(({ events }) => events)).toEqual([[{ id: expect.any(String), event, depth: 1 }], []]);
    expect(world.commits[0]?.entries).toMatchObject([{ output: event }]);
  });

  it('names each event of a loop differently', async () => {
    const world = new World();
    const loop: StepDefinition = { id: 'each', type: 'foreach', config: { items: '[1..3]', steps: [emit()] } };
    const execution = world.execution([loop]);
    await execution.execute();
    const ids = world.commits.flatMap(({ events }) => events.map(({ event }) => event.id));
    expect(ids).toEqual([0, 1, 2].map((i) => `${execution.run.runId}/each[${i}].tell`));
  });

  it.each([
    [{ source: 'not {{ "a uri" }}' }, 'config.source must be a URI reference'],
    [{ type: '{{ "" }}' }, 'config.type must be longer'],
    [{ subject: '{{ 7 }}' }, 'config.subject must be'],
  ])('fails when %j is not what it must be', async (config, message) => {
    const world = new World();
    await world.execution([emit(config)]).execute();
    const error = JSON.parse(world.last.errorJson ?? '') as object;
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) });
    expect(world.commits.flatMap(({ events }) => events)).toEqual([]);
  });

  it('is the end of too long a chain', async () => {
    const world = new World();
    await world.execution([emit()], { run: { depth: 31 } }).execute();
    expect(world.commits[0]?.events[0]?.depth).toBe(32);
    await world.execution([emit()], { run: { depth: 32 } }).execute();
    expect(JSON.parse(world.last.errorJson ?? '')).toMatchObject({ code: 'LOOP_DETECTED', step_id: 'tell' });
    expect(world.last.events).toEqual([]);
  });
});

describe('wait.event', () => {
  const wait = (id: string, config: Record<string, unknown> = {}): StepDefinition => ({
    id,
    type: 'wait.event',
    config: { type: 'org.example.*', filter: 'event.data.n = input.n', timeout_ms: 500, ...config },
  });
  const event: CloudEvent = { specversion: '1.0', id: 'e', source: '/s', type: 'org.example.made', data: { n: 1 } };
  const arrived = (of: string | undefined) => ({ kind: 'event' as const, id: newId(), wait: of ?? '', event });

  it('is parked with its wait, and ends with the event of that wait and of no other', async () => {
    const world = new World();
    const steps = [wait('a')];
    expect(await world.execution(steps).execute()).toBe('parked');
    const [waiting] = world.last.eventWaits;
    expect(waiting).toMatchObject({ path: 'a', type: 'org.example.*', source: null, context: { input: { n: 1 } } });
    expect(world.last).toMatchObject({
      next: { kind: 'park', until: 1_500 },
      entries: [{ event_wait: waiting?.id, input: { type: 'org.example.*', filter: 'event.data.n = input.n' } }],
    });
    const history = { entries: [...world.last.entries], nextSeq: 2 };
    const other = { ...history, inbox: [arrived(newId())] };
    expect(await world.execution(steps, { history: other }).execute()).toBe('parked');
    const inbox = [arrived(newId()), arrived(waiting?.id)];
    expect(await world.execution(steps, { history: { ...history, inbox } }).execute()).toBe('finished');
    expect(JSON.parse(world.last.outputJson ?? '')).toEqual(event);
    expect(world.last.readInbox).toEqual([inbox[1]?.id]);
    expect(world.last.unwanted.eventWaits).toEqual([]);
  });

  it('takes an event that came before its time was up, and no longer wants one after it', async () => {
    const world = new World();
    await world.execution([wait('a')]).execute();
    const history = { entries: [...world.last.entries], nextSeq: 2 };
    const [waiting] = world.last.eventWaits;
    world.now = 9_999;
    await world.execution([wait('a')], { history: { ...history, inbox: [arrived(waiting?.id)] } }).execute();
    expect(world.last).toMatchObject({ status: 'completed', errorJson: null });
    await world.execution([wait('a')], { history }).execute();
    expect(JSON.parse(world.last.errorJson ?? '')).toMatchObject({ code: 'TIMEOUT', step_id: 'a' });
    expect(world.commits.flatMap(({ unwanted }) => unwanted.eventWaits)).toEqual([waiting?.id]);
  });

  it('waits anew with each attempt', async () => {
    const world = new World();
    const step = { ...wait('a'), retry: { max_attempts: 2, delay_ms: 10, backoff: 1 } };
    await world.execution([step]).execute();
    const entries = [...world.last.entries];
    const [first] = world.last.eventWaits;
    world.now = 1_500;
    await world.execution([step], { history: { entries, nextSeq: 2 } }).execute();
    entries.push(...world.last.entries);
    expect(world.last.unwanted.eventWaits).toEqual([first?.id]);
    world.now = 2_000;
    await world.execution([step], { history: { entries, nextSeq: 3, inbox: [arrived(first?.id)] } }).execute();
    expect(world.last.next).toMatchObject({ kind: 'park', until: 2_500 });
    expect(world.last.eventWaits[0]?.id).not.toBe(first?.id);
  });

  it('is given up with the run', async () => {
    const world = new World();
    await world.execution([wait('a')]).execute();
    const [waiting] = world.last.eventWaits;
    const history = { entries: [...world.last.entries], nextSeq: 2 };
    await world.execution([wait('a')], { history, run: { cancelRequested: true } }).execute();
    expect(world.last).toMatchObject({ status: 'cancelled', unwanted: { eventWaits: [waiting?.id] } });
  });
});
