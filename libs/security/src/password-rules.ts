import { commonPasswords } from './common-passwords.js';

/** The product's own name is what an attacker tries here and nowhere else (OWASP ASVS 5.0, 6.2.11). */
const CONTEXT_WORDS = ['biometrics'];

export interface PasswordRules {
  /** Fewest characters. */
  minLength: number;
  /** What an attacker who knows the person tries first: their address and name. */
  personal: readonly string[];
}

/**
 * Which passwords may be chosen: long enough, not common and more than a known word with something added; which
 * characters they hold is nobody's business (NIST SP 800-63B-4 §3.1.1.2).
 * @returns what is wrong with it, to follow the word "password"; undefined when it may be chosen
 */
export async function passwordMistake(
  password: string,
  { minLength, personal }: PasswordRules,
): Promise<string | undefined> {
  const plain = folded(password);
  if ([...plain].length < minLength) return `must have at least ${minLength} characters`;
  if ((await commonPasswords()).has(plain)) return 'is one of the most common passwords';
  const known = [...CONTEXT_WORDS, ...personal.flatMap((text) => [text, beforeAt(text)])].map(folded);
  const isKnown = known.some((text) => text === plain || (letters(text) !== '' && letters(text) === letters(plain)));
  return isKnown ? 'must be more than your name, your address or the name of this platform' : undefined;
}

/** How it is compared: however it was typed (NFKC, as it is hashed), in whatever case. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

function letters(text: string): string {
  return text.replace(/\P{L}/gu, '');
}

function beforeAt(address: string): string {
  return address.split('@', 1)[0] ?? '';
}
