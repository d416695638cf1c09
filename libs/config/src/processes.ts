import { ServiceName } from '@app/contracts';

/** Whatever reads the configuration: one of the three services, or the command line. */
export const ProcessName = { ...ServiceName, Cli: 'cli' } as const;
export type ProcessName = (typeof ProcessName)[keyof typeof ProcessName];
