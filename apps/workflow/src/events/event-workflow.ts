import { compileBare, matchesPattern, type EventTrigger, type Expression } from '@app/definition';
import type { CloudEvent } from '@app/contracts';

/** A workflow that events may start, as the row has it. */
export interface EventWorkflowRow {
  id: string;
  user_id: string;
  version: number;
  trigger: EventTrigger | null;
}

/** The trigger of one version of a workflow with its filter compiled. */
export interface EventWorkflow {
  id: string;
  userId: string;
  trigger: EventTrigger;
  filter: Expression | undefined;
}

const MOST_FILTERS = 2_000;

/** Compiled triggers by version. A version never changes, so an entry is right for as long as it is kept. */
export class EventWorkflows {
  private readonly known = new Map<string, EventWorkflow>();

  /** Undefined when the workflow says nothing about the events that start it. */
  of({ id, user_id: userId, version, trigger }: EventWorkflowRow): EventWorkflow | undefined {
    if (trigger === null) return undefined;
    const key = `${id}@${version}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const filter = trigger.filter === undefined ? undefined : compileBare(trigger.filter);
    const workflow = { id, userId, trigger, filter };
    for (const oldest of this.known.keys()) {
      if (this.known.size < MOST_FILTERS) break;
      this.known.delete(oldest);
    }
    this.known.set(key, workflow);
    return workflow;
  }
}

/** Whether an event is of the kind that a trigger names; its filter is another question. */
export function isOfKind({ type, source }: EventTrigger, event: CloudEvent): boolean {
  return matchesPattern(type, event.type) && matchesPattern(source, event.source);
}
