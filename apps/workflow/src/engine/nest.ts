import type { LoopTurn } from '@app/contracts';
import type { CompiledStep } from '@app/definition';
import { CorruptJournalError } from './corrupt-journal.error.js';
import type { ListState, Nest, RunState, StepState } from './run-state.js';

/** What a container runs: one of its lists, all of them, or its list again and again. */
interface Begun {
  branch: string | null;
  items?: readonly unknown[];
  /** ms since 1970. */
  at: number;
}

/** A container begins: opens the lists that its kind runs at once. */
export function enter(state: RunState, container: StepState, { branch, items = [], at }: Begun): void {
  const nest: Nest = { open: new Set(), items, next: 0, outputs: new Map(), failure: null };
  container.nest = nest;
  const { timeout_ms } = container.step.definition;
  if (timeout_ms !== undefined) container.deadline = at + timeout_ms;
  state.containers.set(container.path, container);
  switch (container.step.nesting) {
    case 'choice':
      if (branch !== null) open(state, container, nest, branch, listOf(container, branch));
      return;
    case 'branches':
      for (const [label, steps] of container.step.lists) open(state, container, nest, label, steps);
      return;
    case 'items':
      fill(state, container, nest);
      return;
    case 'iterations':
      turn(state, container, nest, { index: 0, previous: null }, 0);
      return;
    case 'none':
      throw new CorruptJournalError(container.path, 'it is not a container');
  }
}

/** The next iteration begins, not before `at` (ms since 1970). */
export function iterate(state: RunState, container: StepState, iteration: number, at: number): void {
  const { nest } = container;
  const [list] = nest?.open ?? [];
  if (nest === undefined || list === undefined || list.slot !== iteration || list.index < list.steps.length) {
    throw new CorruptJournalError(container.path, `iteration ${iteration} is not over`);
  }
  close(state, nest, list);
  turn(state, container, nest, { index: iteration + 1, previous: list.lastOutput }, at);
}

/** A list has come to its end or failed. What follows from that without anybody's doing. */
export function settle(state: RunState, list: ListState): void {
  const { container } = list;
  const nest = container?.nest;
  if (container === null || nest === undefined) return;
  if (list.failure !== null) nest.failure ??= list.failure;
  switch (container.step.nesting) {
    case 'branches':
      finishSlot(state, nest, list);
      return;
    case 'items':
      finishSlot(state, nest, list);
      if (!isFailing(container)) fill(state, container, nest);
      return;
    // The container ends with its list, or asks whether there is another iteration.
    case 'choice':
    case 'iterations':
    case 'none':
      return;
  }
}

/** Whether a container is to end although some of its lists are under way. */
export function isFailing({ nest, step }: StepState): boolean {
  return nest !== undefined && nest.failure !== null && step.loop.failFast;
}

/** A container is over: forgets its lists. */
export function leave(state: RunState, container: StepState): void {
  if (container.nest === undefined) return;
  for (const list of container.nest.open) close(state, container.nest, list);
  state.containers.delete(container.path);
  delete container.nest;
  delete container.deadline;
}

/** What a container comes to once all its lists are over. */
export function outputOf({ step, nest }: StepState): unknown {
  switch (step.nesting) {
    case 'branches':
      return Object.fromEntries([...step.lists.keys()].map((label) => [label, nest?.outputs.get(label) ?? null]));
    case 'items':
      return (nest?.items ?? []).map((_, index) => nest?.outputs.get(index) ?? null);
    case 'choice':
    case 'iterations': {
      const [list] = nest?.open ?? [];
      return list?.lastOutput ?? null;
    }
    case 'none':
      return null;
  }
}

function finishSlot(state: RunState, nest: Nest, list: ListState): void {
  if (list.slot !== null) nest.outputs.set(list.slot, list.lastOutput);
  close(state, nest, list);
}

/** Begins items while there is room for them. */
function fill(state: RunState, container: StepState, nest: Nest): void {
  while (nest.open.size < container.step.loop.concurrency && nest.next < nest.items.length) {
    const index = nest.next;
    turn(state, container, nest, { index, item: nest.items[index] ?? null }, 0);
  }
}

function turn(state: RunState, container: StepState, nest: Nest, loopTurn: LoopTurn, notBefore: number): void {
  const [steps] = container.step.lists.values();
  if (steps === undefined) throw new CorruptJournalError(container.path, 'it has no steps');
  nest.next = loopTurn.index + 1;
  const prefix = `${container.path}[${loopTurn.index}].`;
  add(state, nest, {
    ...newList(container, prefix, prefix, steps),
    slot: loopTurn.index,
    turns: [...container.list.turns, loopTurn],
    notBefore,
  });
}

function open(state: RunState, container: StepState, nest: Nest, label: string, steps: readonly CompiledStep[]): void {
  const prefix = `${container.path}.`;
  const key = container.step.nesting === 'branches' ? branchKey(prefix, label) : prefix;
  const list = { ...newList(container, key, prefix, steps), slot: label };
  add(state, nest, list);
  if (steps.length === 0) settle(state, list);
}

/** The key of a list that shares its prefix with the other branches of its container. */
export function branchKey(prefix: string, label: string): string {
  return `${prefix}{${label}}`;
}

function add(state: RunState, nest: Nest, list: ListState): void {
  nest.open.add(list);
  state.lists.set(list.key, list);
}

function close(state: RunState, nest: Nest, list: ListState): void {
  nest.open.delete(list);
  state.lists.delete(list.key);
  for (const { id } of list.steps) {
    const step = state.steps.get(list.prefix + id);
    if (step === undefined) continue;
    leave(state, step);
    state.steps.delete(step.path);
  }
}

function newList(container: StepState, key: string, prefix: string, steps: readonly CompiledStep[]): ListState {
  return {
    key,
    prefix,
    steps,
    index: 0,
    container,
    slot: null,
    turns: container.list.turns,
    notBefore: 0,
    visible: { ...container.list.visible },
    lastOutput: null,
    failure: null,
  };
}

function listOf({ path, step }: StepState, branch: string): readonly CompiledStep[] {
  const steps = step.lists.get(branch);
  if (steps === undefined) throw new CorruptJournalError(path, `it has no list ${branch}`);
  return steps;
}
