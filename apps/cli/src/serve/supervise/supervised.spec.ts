import { eventually } from '@app/testing';
import { describe, expect, it } from 'vitest';
import { Supervised, type Running } from './supervised.js';

/** A process that ends when told to. */
class FakeProcess implements Running {
  end: (how?: number | NodeJS.Signals) => void = () => undefined;
  readonly exited = new Promise<number | NodeJS.Signals | undefined>((resolve) => (this.end = resolve));

  constructor(readonly pid: number) {}

  readonly stop = async (): Promise<void> => this.end(0);
}

function supervise(failures: number[] = []): { supervised: Supervised; processes: FakeProcess[]; lines: string[] } {
  const processes: FakeProcess[] = [];
  const lines: string[] = [];
  let launches = 0;
  const launch = async (): Promise<Running> => {
    if (failures.includes(launches++)) throw new Error('no memory');
    const started = new FakeProcess(processes.length + 1);
    processes.push(started);
    return started;
  };
  return { supervised: new Supervised('worker', launch, (line) => lines.push(line)), processes, lines };
}

describe('Supervised', () => {
  it.each([
    [1, 'ended with code 1'],
    ['SIGKILL', 'was ended by SIGKILL'],
    [0, 'was told to stop by somebody else'],
    [undefined, 'ended'],
  ] as const)('starts a process that ended (%s) again and says how it did', async (how, said) => {
    const { supervised, processes, lines } = supervise();
    await supervised.start();
    processes[0]!.end(how);
    await eventually(() => processes.length === 2);
    expect(supervised.unexpectedEnds).toBe(1);
    expect(lines).toEqual([`worker (process 1) ${said}; starting it again in 250 ms`]);
    await supervised.stop();
  });

  it('goes on trying when a later start fails', async () => {
    const { supervised, processes, lines } = supervise([1]);
    await supervised.start();
    processes[0]!.end(1);
    await eventually(() => processes.length === 2);
    expect(lines).toContain('worker did not start: no memory');
    await supervised.stop();
  });

  it('passes on the failure of the first start', async () => {
    const { supervised } = supervise([0]);
    await expect(supervised.start()).rejects.toThrow('no memory');
  });

  it('does not start it again once stopped', async () => {
    const { supervised, processes, lines } = supervise();
    const other = supervise();
    await Promise.all([supervised.start(), other.supervised.start()]);
    processes[0]!.end(1);
    other.processes[0]!.end(1);
    await supervised.stop();
    // It ended later than ours and waits as long, so ours would have been started by then.
    await eventually(() => other.processes.length === 2);
    await other.supervised.stop();
    expect(processes).toHaveLength(1);
    expect(lines.length).toBeLessThanOrEqual(1);
  });
});
