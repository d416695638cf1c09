import { createHash } from 'node:crypto';

/** What a delivery was verified with. */
export interface VerifiedHook {
  token: string;
  /** Of the workflow, whose trigger said how. */
  version: number;
  /** Null when there was none. */
  secret: { name: string; hash: string } | null;
}

/** What the statement that accepts runs has besides when runs of its batch come from hooks. */
export interface HookParts {
  parameters: string;
  columns: string;
  incoming: string;
  found: string;
}

export const noHooks: HookParts = { parameters: '', columns: '', incoming: '', found: '' };

/** How many parameters `verifiedHookValues` are. */
export const HOOK_PARAMETERS = 4;

/**
 * Guarantees: a row that names a hook passes only if the token leads to its workflow, the workflow has that version, and the
 * secret is there and was not written since, be it with the same value. It looks nothing up for the others.
 * @param first number of the first parameter that holds one of `verifiedHookValues`
 */
export function withHooks(first: number): HookParts {
  const [tokens, versions, names, hashes] = [first, first + 1, first + 2, first + 3];
  return {
    parameters: `, $${tokens}::text[], $${versions}::int[], $${names}::text[], $${hashes}::text[]`,
    columns: ', token, verified_version, secret_name, secret_hash',
    // Before anything is joined: the planner would rather read all workflows than ask this of a join's rows.
    incoming: `
  WHERE i.token IS NULL OR (
    (SELECT e.workflow_id FROM webhook_endpoints e WHERE e.token = i.token) = i.workflow_id
    AND (i.secret_name IS NULL OR i.secret_hash = (
      SELECT encode(sha256(convert_to(s.value, 'UTF8')), 'hex') FROM secrets s
      WHERE s.user_id = i.user_id AND s.name = i.secret_name)))`,
    found: ' AND (i.token IS NULL OR w.version = i.verified_version)',
  };
}

/** The parameters of `withHooks`. @param hooks of the batch's rows, in their order */
export function verifiedHookValues(hooks: readonly (VerifiedHook | undefined)[]): unknown[] {
  return [
    hooks.map((hook) => hook?.token),
    hooks.map((hook) => hook?.version),
    hooks.map((hook) => hook?.secret?.name),
    hooks.map((hook) => hook?.secret?.hash),
  ];
}

/** Tells what stands in a secret's row from anything else that ever stands there: whatever is sealed is sealed anew. */
export function sealedHash(sealed: string): string {
  return createHash('sha256').update(sealed, 'utf8').digest('hex');
}
