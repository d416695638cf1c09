export * from './1795000000002-workflows.js';
