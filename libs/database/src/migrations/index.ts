export * from './1795000000001-identity.js';
export * from './1795000000002-workflows.js';
export * from './1795000000003-content.js';
export * from './1795000000004-sign-in.js';
export * from './1795000000005-engine.js';
export * from './1795000000007-schedules.js';
export * from './1795000000008-webhook-output.js';
export * from './1795000000009-find-runs.js';
