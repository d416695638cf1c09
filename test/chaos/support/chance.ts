import { seededRandom } from '@app/definition';

/** Seed of every choice that is left to chance, such as the moment of a kill. */
export const proofSeed = process.env['PROOF_SEED'] ?? 'biometrics';

/** Draws whole numbers from `least` to `most`; the same ones in every run with the same seed. */
export function chance(name: string): (least: number, most: number) => number {
  const random = seededRandom(`${proofSeed}/${name}`);
  return (least, most) => Math.floor(least + random() * (most - least + 1));
}
