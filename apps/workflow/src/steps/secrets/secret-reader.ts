import { openSecret, type KeyRing } from '@app/security';
import type { Pool } from 'pg';
import { StepFailure } from '../step-failure.js';

/** The sealed secrets of an owner. $1 user, $2 names. */
const secretsSql = `SELECT name, value FROM secrets WHERE user_id = $1 AND name = ANY($2::text[])`;

/** Values of secrets, by name. */
export type Revealed = Readonly<Record<string, string>>;

/**
 * Opens the secrets that a step reads, at the moment at which it calls. Nothing is kept: a secret that was replaced
 * counts from the next call on, and a memory dump of an idle process holds none.
 */
export class SecretReader {
  constructor(
    private readonly pool: Pool,
    private readonly ring: KeyRing,
  ) {}

  /** @throws StepFailure SECRET_MISSING that names the first one that does not exist */
  async read(userId: string, names: readonly string[]): Promise<Revealed> {
    if (names.length === 0) return {};
    const { rows } = await this.pool.query<{ name: string; value: string }>(secretsSql, [userId, names]);
    const found = new Map(rows.map(({ name, value }) => [name, openSecret(this.ring, { userId, name }, value)]));
    const missing = names.find((name) => !found.has(name));
    if (missing !== undefined) {
      throw StepFailure.permanent('SECRET_MISSING', `There is no secret '${missing}': store it with POST /secrets.`);
    }
    return Object.fromEntries(found);
  }
}

/** What stands for secrets wherever they are shown: `{{ secrets.<name> }}`, as their author wrote it. */
export function references(names: readonly string[]): Revealed {
  return Object.fromEntries(names.map((name) => [name, `{{ secrets.${name} }}`]));
}
