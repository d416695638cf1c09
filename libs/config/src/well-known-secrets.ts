/** What example files write where a secret belongs: `change-me`, `example`, a password equal to its user. */
const PLACEHOLDER = /change[-_ ]?(me|this|it)|replace[-_ ]?(me|this)|your[-_ ]|example|placeholder|insecure|default/i;
const REPEATED = /(.)\1{7}|^(.)\2+$/;
const COMMON = new Set(['secret', 'password', 'postgres', 'biometrics', 'admin', 'root', 'test', 'redis', '123456']);

/** Whether a secret is a placeholder or a word that an attacker tries first. For a URL, its password is judged. */
export function isWellKnownSecret(value: string): boolean {
  const secret = passwordOf(value) ?? value;
  return COMMON.has(secret.toLowerCase()) || PLACEHOLDER.test(secret) || REPEATED.test(secret);
}

function passwordOf(value: string): string | undefined {
  return value.includes('://') && URL.canParse(value) ? decodeURIComponent(new URL(value).password) : undefined;
}
