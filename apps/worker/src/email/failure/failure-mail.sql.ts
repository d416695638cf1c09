import { mayAct } from '@app/database';

/** Who is mailed about a workflow: a person who has proved their address, for their machines too. */
export interface FailureReader {
  email: string;
  /** Of the workflow. */
  name: string;
}

/** $1 workflow, $2 account that the run belongs to. No row when nobody is to be mailed. */
export const findReaderSql = `
SELECT p.email, w.name FROM workflows w
JOIN users u ON u.id = w.user_id AND ${mayAct('u')}
JOIN users p ON p.id = coalesce(u.owner_id, u.id) AND p.email_verified_at IS NOT NULL
WHERE w.id = $1 AND w.user_id = $2`;

/**
 * Takes the workflow's turn to be mailed about.
 *
 * Guarantees: of all the jobs of a workflow at most one in 15 minutes gets it, whichever workers do them; the one that has it
 * gets it again when it is repeated.
 *
 * $1 workflow, $2 job.
 */
export const takeTurnSql = `
INSERT INTO workflow_stats AS s (workflow_id, failure_mail_at, failure_mail_job) VALUES ($1, now(), $2)
ON CONFLICT (workflow_id) DO UPDATE SET failure_mail_at = excluded.failure_mail_at, failure_mail_job = excluded.failure_mail_job
  WHERE s.failure_mail_at IS NULL OR s.failure_mail_at < now() - interval '15 minutes' OR s.failure_mail_job = $2`;
