import { eventually } from '@app/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The token in the last mail about an account, as its owner finds it: where a platform without a mail server keeps its
 * mails.
 * @param since the tokens that came before and are not meant
 */
export async function mailedToken(dataDir: string, email: string, since: readonly string[] = []): Promise<string> {
  return eventually(() => tokensFor(join(dataDir, 'mail'), email).find((token) => !since.includes(token)), {
    timeoutMs: 30_000,
  });
}

function tokensFor(folder: string, email: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('account.') && name.endsWith('.eml'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .filter((mail) => mail.includes(`To: ${email}`))
    .flatMap((mail) => /#token=([\w-]{43})/.exec(readable(mail))?.[1] ?? []);
}

/** Quoted-printable as text: a line that ends in = goes on, and =3D is an equals sign (RFC 2045 §6.7). */
function readable(mail: string): string {
  return mail.replaceAll(/=\r?\n/g, '').replaceAll('=3D', '=');
}
