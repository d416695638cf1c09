import { mayActAlone } from '@app/database';

/**
 * Where hooks' tokens lead, with the sealed secrets that its deliveries and its sender's question are
 * verified with.
 *
 * Guarantees: only a workflow that is there, active and started by webhooks, of an owner who may still act. The statement that
 * accepts a run asks all of this again. $1 tokens.
 */
export const hooksSql = `
SELECT e.token, w.id AS workflow_id, w.version, w.user_id, coalesce(w.config->'trigger', '{}') AS trigger,
       s.value AS sealed_secret, c.value AS sealed_challenge
FROM webhook_endpoints e
JOIN workflows w ON w.id = e.workflow_id
JOIN users u ON u.id = w.user_id AND ${mayActAlone('u')}
LEFT JOIN secrets s ON s.user_id = w.user_id AND s.name = w.config #>> '{trigger,verify,secret}'
LEFT JOIN secrets c ON c.user_id = w.user_id AND c.name = w.config #>> '{trigger,challenge,secret}'
WHERE e.token = ANY ($1::text[]) AND w.status = 'active' AND w.trigger_type = 'webhook' AND w.deleted_at IS NULL`;
