import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One case of the vectors, with the key that its group says it must be verified with. */
export interface JwsCase {
  tcId: number;
  comment: string;
  jws: string;
  result: string;
  /** A JSON Web Key: the public one, or the shared secret. */
  key: Record<string, unknown>;
}

interface JwsDocument {
  numberOfTests: number;
  testGroups: { private: JwsCase['key']; public?: JwsCase['key']; tests: Omit<JwsCase, 'key'>[] }[];
}

const folder = process.env['BIOMETRICS_VECTORS'] ?? join(import.meta.dirname, '..', '..', '..', 'shared', 'vectors');
const file = join(folder, 'wycheproof-json_web_signature.json');

/** Why the vectors cannot be read; undefined when they can. */
export const vectorsAreMissing = existsSync(file)
  ? undefined
  : `no vectors: ${file} is not there; name the folder that holds it in BIOMETRICS_VECTORS`;

/** Project Wycheproof's cases for JSON Web Signatures, unchanged. */
export function jwsCases(): JwsCase[] {
  const { numberOfTests, testGroups } = JSON.parse(readFileSync(file, 'utf8')) as JwsDocument;
  const cases = testGroups.flatMap((group) => {
    const key = group.public ?? group.private;
    return group.tests.map(({ tcId, comment, jws, result }) => ({ tcId, comment, jws, result, key }));
  });
  if (cases.length !== numberOfTests) throw new Error(`${file} says ${numberOfTests} cases and has ${cases.length}.`);
  return cases;
}
