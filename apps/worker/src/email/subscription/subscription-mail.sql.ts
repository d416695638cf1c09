import { mayAct } from '@app/database';

/**
 * A subscription that is disabled, and who is mailed about it: a person who has proved their address, for their machines
 * too. No row when nobody is to be mailed, or when its owner has seen to it already.
 *
 * $1 subscription, $2 account that it belongs to.
 */
export const findDisabledSql = `
SELECT p.email, s.id, s.url, s.disabled_reason AS reason FROM event_subscriptions s
JOIN users u ON u.id = s.user_id AND ${mayAct('u')}
JOIN users p ON p.id = coalesce(u.owner_id, u.id) AND p.email_verified_at IS NOT NULL
WHERE s.id = $1 AND s.user_id = $2 AND s.status = 'disabled' AND s.disabled_reason <> 'requested'`;
