import { newId } from '@app/contracts';
import { readScope, WaitEventConfig, type LazyExpression, type Scope } from '@app/definition';
import { resolvedConfig } from '../resolved-config.js';
import { StepFailure } from '../step-failure.js';
import type { StepContext, TransactionalRunner } from '../step-runner.js';

/** Bytes of what a filter reads besides the event: it is kept with the wait, and read for each event of the type. */
const MOST_CONTEXT_BYTES = 65_536;

/** `wait.event`: parked until an event is accepted that it wants. */
export const waitEventRunner: TransactionalRunner = {
  kind: 'transactional',
  act: async (context) => {
    const { type, source, filter, timeout_ms } = await resolvedConfig(context, WaitEventConfig);
    const expression = context.step.expressions.get('filter');
    return {
      eventWait: {
        id: newId(),
        path: context.path,
        type,
        source: source ?? null,
        filter: filter ?? null,
        context: expression === undefined ? null : contextOf(expression, context),
      },
      input: { type, ...(source !== undefined && { source }), ...(filter !== undefined && { filter }) },
      ...(timeout_ms !== undefined && { deadline: context.now + timeout_ms }),
    };
  },
};

/** The part of the step's scope that a filter may read, as it is now. */
function contextOf(filter: LazyExpression, { scope }: Pick<StepContext, 'scope'>): Scope {
  const context = readScope(filter, scope);
  const bytes = Buffer.byteLength(JSON.stringify(context));
  if (bytes <= MOST_CONTEXT_BYTES) return context;
  throw StepFailure.permanent(
    'CONFIG_INVALID',
    `config.filter reads ${bytes} bytes besides the event, at most ${MOST_CONTEXT_BYTES} are kept while a step waits: let a transform step before it pick what is compared`,
  );
}
