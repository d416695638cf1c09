export * from './apply.js';
export * from './corrupt-journal.error.js';
export * from './decide.js';
export * from './entries.js';
export * from './halt.js';
export * from './run-state.js';
export * from './scope.js';
export * from './transitions.js';
