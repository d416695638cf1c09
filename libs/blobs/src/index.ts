export * from './blob-errors.js';
export * from './blob-storage.js';
export * from './blob.metrics.js';
export * from './blobs.module.js';
export * from './local-folder.js';
export * from './run-values.js';
