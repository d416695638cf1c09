import { describe, expect, it } from 'vitest';
import { Coalescer, type Acknowledgements, type CoalescerOptions } from './coalescer.js';

interface Row {
  id: string;
  bytes?: number;
}

class Refused extends Error {}

const lost = (): Error => Object.assign(new Error('gone'), { code: 'ECONNRESET' });
const all = (rows: readonly Row[]): Acknowledgements<string> => new Map(rows.map(({ id }) => [id, `ok ${id}`]));

/** A coalescer over `write`, with a clock that each pause moves on. */
function coalescer(write: CoalescerOptions<Row, string>['write'], more: Partial<CoalescerOptions<Row, string>> = {}) {
  const batches: { ids: string[]; repeated: boolean }[] = [];
  let now = 0;
  const subject = new Coalescer<Row, string>({
    write: (rows, repeated) => {
      batches.push({ ids: rows.map(({ id }) => id), repeated });
      return write(rows, repeated);
    },
    idOf: ({ id }) => id,
    sizeOf: ({ bytes }) => bytes ?? 1,
    refused: ({ id }) => new Refused(id),
    maxRows: 100,
    maxBytes: 1_000,
    retryForMs: 1_000,
    monotonicNow: () => now,
    pause: async (ms) => void (now += ms),
    ...more,
  });
  return { subject, batches };
}

describe('Coalescer', () => {
  it('writes what is submitted together in one batch, ordered by id, and answers each caller', async () => {
    const { subject, batches } = coalescer(async (rows) => all(rows));
    const answers = await Promise.all(['c', 'a', 'b'].map((id) => subject.submit({ id })));
    expect(answers).toEqual(['ok c', 'ok a', 'ok b']);
    expect(batches).toEqual([{ ids: ['a', 'b', 'c'], repeated: false }]);
  });

  it('lets one batch fill while two others are under way', async () => {
    const release: (() => void)[] = [];
    const { subject, batches } = coalescer(async (rows) => {
      await new Promise<void>((resolve) => release.push(resolve));
      return all(rows);
    });
    const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
    const first = subject.submit({ id: 'a' });
    await turn();
    const second = subject.submit({ id: 'b' });
    await turn();
    const third = Promise.all([subject.submit({ id: 'c' }), subject.submit({ id: 'd' })]);
    await turn();
    expect(batches.map(({ ids }) => ids)).toEqual([['a'], ['b']]);
    for (const go of release.splice(0)) go();
    await Promise.all([first, second]);
    await turn();
    for (const go of release.splice(0)) go();
    await third;
    expect(batches.map(({ ids }) => ids)).toEqual([['a'], ['b'], ['c', 'd']]);
  });

  it('bounds a batch in rows and in bytes, and lets a row go alone that is larger than that', async () => {
    const byRows = coalescer(async (rows) => all(rows), { maxRows: 2, lanes: 1 });
    await Promise.all(['a', 'b', 'c'].map((id) => byRows.subject.submit({ id })));
    expect(byRows.batches.map(({ ids }) => ids)).toEqual([['a', 'b'], ['c']]);
    const byBytes = coalescer(async (rows) => all(rows), { maxBytes: 10, lanes: 1 });
    const sizes = [6, 6, 50].map((bytes, i) => byBytes.subject.submit({ id: `${i}`, bytes }));
    await Promise.all(sizes);
    expect(byBytes.batches.map(({ ids }) => ids)).toEqual([['0'], ['1'], ['2']]);
  });

  it('lets a row that nobody waits for wait for company, but not for ever, nor when there is enough of it', async () => {
    const waits: (() => void)[] = [];
    const { subject, batches } = coalescer(async (rows) => all(rows), {
      canWait: ({ id }) => id.startsWith('patient'),
      patienceMs: 20,
      pause: (ms) => new Promise<void>((resolve) => waits.push(() => resolve(expect(ms).toBe(20)))),
      maxRows: 3,
    });
    const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
    const first = subject.submit({ id: 'patient 1' });
    await turn();
    expect(batches).toEqual([]);
    await Promise.all([subject.submit({ id: 'urgent' }), first]);
    expect(batches.map(({ ids }) => ids)).toEqual([['patient 1', 'urgent']]);
    const second = subject.submit({ id: 'patient 2' });
    for (const end of waits.splice(0)) end();
    await second;
    expect(batches.at(-1)?.ids).toEqual(['patient 2']);
    await Promise.all(['patient 3', 'patient 4', 'patient 5'].map((id) => subject.submit({ id })));
    expect(batches.at(-1)?.ids).toEqual(['patient 3', 'patient 4', 'patient 5']);
    const last = subject.submit({ id: 'patient 6' });
    await subject.drain();
    await last;
    expect(batches.at(-1)?.ids).toEqual(['patient 6']);
  });

  it('is fair: 99 good rows and one poison row, 99 accepted and one error', async () => {
    const { subject } = coalescer(async (rows) => {
      if (rows.some(({ id }) => id === 'r50')) throw new Error('poison');
      return all(rows);
    });
    const ids = Array.from({ length: 100 }, (_, i) => `r${i}`);
    const results = await Promise.allSettled(ids.map((id) => subject.submit({ id })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(99);
    expect(results[50]).toMatchObject({ status: 'rejected', reason: { message: 'poison' } });
  });

  it('tells a row that the statement did not accept', async () => {
    const { subject } = coalescer(async (rows) => all(rows.filter(({ id }) => id !== 'b')));
    const results = await Promise.allSettled(['a', 'b'].map((id) => subject.submit({ id })));
    expect(results[0]?.status).toBe('fulfilled');
    expect(results[1]).toMatchObject({ status: 'rejected', reason: new Refused('b') });
  });

  it('repeats a batch whose fate nobody knows, and says that it does', async () => {
    let calls = 0;
    const { subject, batches } = coalescer(async (rows) => {
      if (++calls < 3) throw lost();
      return all(rows);
    });
    await expect(subject.submit({ id: 'a' })).resolves.toBe('ok a');
    expect(batches.map(({ repeated }) => repeated)).toEqual([false, true, true]);
  });

  it('tells the callers when the database stays away, and goes on with the next', async () => {
    let away = true;
    const { subject } = coalescer(async (rows) => {
      if (away) throw lost();
      return all(rows);
    });
    await expect(subject.submit({ id: 'a' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    away = false;
    await expect(subject.submit({ id: 'b' })).resolves.toBe('ok b');
  });

  it('drains: resolves when everything submitted is acknowledged', async () => {
    const { subject, batches } = coalescer(async (rows) => all(rows));
    const written = subject.submit({ id: 'a' });
    await subject.drain();
    expect(batches).toHaveLength(1);
    await written;
    await subject.drain();
  });
});
