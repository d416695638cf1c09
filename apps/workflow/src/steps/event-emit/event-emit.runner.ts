import { newId, type CloudEvent } from '@app/contracts';
import { EventEmitConfig } from '@app/definition';
import { assertNoLoop } from '../causation.js';
import { resolvedConfig } from '../resolved-config.js';
import type { TransactionalRunner } from '../step-runner.js';
import { assertStorable } from '../storable-json.js';

/** `event.emit`: the event is accepted in the commit that says so. Its id is the step's place: one step, one event. */
export const eventEmitRunner: TransactionalRunner = {
  kind: 'transactional',
  act: async (context) => {
    const { type, source, subject, data } = await resolvedConfig(context, EventEmitConfig);
    assertNoLoop(context);
    const event: CloudEvent = {
      specversion: '1.0',
      id: `${context.runId}/${context.path}`,
      source: source ?? `/workflows/${context.workflowId}`,
      type,
      ...(subject !== undefined && { subject }),
      time: new Date(context.now).toISOString(),
      ...(data !== undefined && { datacontenttype: 'application/json', data }),
    };
    assertStorable(event, context.bounds);
    return { event: { id: newId(), event, depth: context.depth + 1 }, output: event };
  },
};
