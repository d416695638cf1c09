/** Limits that no test reaches: all its requests come from one address, and there are many. */
export const unlimited = {
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMIT_BURST_SIZE: '10000000',
  RATE_LIMIT_USER_PER_MINUTE: '10000000',
  RATE_LIMIT_HOOK_PER_MINUTE: '10000000',
  LOGIN_FREE_FAILURES: '1000000',
} as const;
