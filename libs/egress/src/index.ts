export * from './address-policy.js';
export * from './destination.js';
export * from './egress-client.js';
export * from './egress-request.js';
export * from './egress.error.js';
export type { Resolve } from './pinned-lookup.js';
