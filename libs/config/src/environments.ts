/** Where a process runs. Staging and production are `deployed`: they take no default secret and trust nobody. */
export const Environment = {
  Development: 'development',
  Test: 'test',
  Staging: 'staging',
  Production: 'production',
} as const;
export type Environment = (typeof Environment)[keyof typeof Environment];

/** Whether other people depend on this environment, so that missing and well-known secrets are refused. */
export function isDeployed(environment: Environment): boolean {
  return environment === Environment.Staging || environment === Environment.Production;
}
