/** The three processes of the platform. */
export const ServiceName = { Gateway: 'gateway', Workflow: 'workflow', Worker: 'worker' } as const;
export type ServiceName = (typeof ServiceName)[keyof typeof ServiceName];
