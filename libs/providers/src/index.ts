export * from './account.js';
export * from './asked-pause.js';
export * from './provider-pauses.service.js';
export * from './provider.metrics.js';
export * from './retry-after.js';
