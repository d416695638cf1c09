import type { PureRunner } from '../step-runner.js';

/** `parallel`: all its branches begin. */
export const parallelRunner: PureRunner = { kind: 'pure', run: async () => ({ branch: null }) };
