import { mayActAlone } from '@app/database';

/**
 * The key of a hash, when it is good at this moment: neither revoked nor expired, and its account may act without a
 * person being there. $1 hash.
 */
export const findGoodKey = `
  SELECT api_keys.id, api_keys.user_id, api_keys.scopes, account.email, account.owner_id,
         extract(epoch FROM api_keys.expires_at - now()) * 1000 AS expires_in_ms
    FROM api_keys JOIN users AS account ON account.id = api_keys.user_id
   WHERE api_keys.key_hash = $1
     AND api_keys.revoked_at IS NULL
     AND api_keys.expires_at > now()
     AND ${mayActAlone('account')}`;

/**
 * Notes that keys are in use: at most once a minute each, whatever number of gateways say so. A row that another
 * statement holds is left out, it is being noted or revoked. $1 ids.
 */
export const noteUses = `
  UPDATE api_keys SET last_used_at = now()
   WHERE id IN (SELECT id FROM api_keys
                 WHERE id = ANY ($1) AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
                   FOR UPDATE SKIP LOCKED)`;
