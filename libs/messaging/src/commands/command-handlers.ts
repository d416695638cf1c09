import type { CommandPayload, CommandsTo, ServiceName } from '@app/contracts';

/**
 * What a service does with each command it receives. Every one it is the receiver of and no other: a missing and a
 * foreign handler are both compile errors. A handler is called for doubles too, and not at all for lost ones.
 */
export type CommandHandlers<S extends ServiceName> = {
  readonly [N in CommandsTo<S>]: (payload: CommandPayload<N>) => void | Promise<void>;
};
