export * from './webhook-endpoint.entity.js';
export * from './workflow-version.entity.js';
export * from './workflow.entity.js';
