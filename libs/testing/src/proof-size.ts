/** How large the proofs of test/chaos run: `ci` in minutes on two cores, `full` with `npm run prove`. */
type ProofSize = 'ci' | 'full';

/** Picks a number of runs, jobs or minutes by the size of this run, which PROOF_SIZE says. */
export function sized<T>(sizes: Readonly<Record<ProofSize, T>>): T {
  return sizes[process.env['PROOF_SIZE'] === 'full' ? 'full' : 'ci'];
}
