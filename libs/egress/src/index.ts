export * from './address-policy.js';
export * from './egress-client.js';
export * from './egress.error.js';
