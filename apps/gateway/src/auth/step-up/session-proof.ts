import { ProofMethod } from '@app/contracts';

/** The row that tells what a session was proved with and what its owner has to prove it with. */
export interface SessionProof {
  proved_by: ProofMethod;
  is_recent: boolean;
  has_password: boolean;
  has_passkey: boolean;
  /** The providers where the person has an identity. */
  providers: ProofMethod[];
}

/**
 * Whether a session may do what is sensitive. Who has a passkey shows that: a password that leaked must not be enough
 * to remove what stands besides it.
 */
export function isProved({ proved_by, is_recent, has_passkey }: SessionProof): boolean {
  return is_recent && (!has_passkey || proved_by === ProofMethod.Passkey);
}

/** The ways in which a person can prove again who they are. */
export function proofMethodsOf({ has_passkey, has_password, providers }: SessionProof): ProofMethod[] {
  if (has_passkey) return [ProofMethod.Passkey];
  return [...(has_password ? [ProofMethod.Password] : []), ...providers];
}
