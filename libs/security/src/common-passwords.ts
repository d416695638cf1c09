/** Shorter ones are refused for their length, whatever the configuration says. */
const SHORTEST = 8;

let common: Promise<ReadonlySet<string>> | undefined;

/**
 * The 17,950 most common passwords of at least eight characters in lower case, from the frequency list of zxcvbn-ts
 * (MIT licence), which has 49,233 of any length. OWASP ASVS 5.0, 6.2.4 asks for at least 3,000 that the length rule
 * lets through. Loaded when the first password is chosen: most processes never ask.
 */
export function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].filter(({ length }) => length >= SHORTEST)),
  );
  return common;
}
