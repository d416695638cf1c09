import type { PureRunner } from '../step-runner.js';

/** `repeat`: its first iteration begins. Whether another one follows is asked when one is over, see next-iteration.ts. */
export const repeatRunner: PureRunner = { kind: 'pure', run: async () => ({ branch: null }) };
