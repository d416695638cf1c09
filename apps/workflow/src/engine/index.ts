export * from './apply.js';
export * from './cancel.js';
export * from './corrupt-journal.error.js';
export * from './decide.js';
export * from './failure.js';
export * from './run-state.js';
export * from './scope.js';
export * from './transitions.js';
