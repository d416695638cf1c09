import { newId, scopes, UserRole } from '@app/contracts';
import { AccessTokens, newApiKey } from '@app/security';
import jwt from 'jsonwebtoken';
import type { Route } from './route-table.js';
import type { World } from './world.js';

/** Callers that no route may let in, unless it is open to the world. */
export interface Strangers {
  anonymous: undefined;
  'not a token': string;
  'another scheme': string;
  'a forged token': string;
  'an unsigned token': string;
  'an expired token': string;
  'a session that is over': string;
  'a deactivated user': string;
  'a deleted user': string;
  'a key that nobody has': string;
  'a revoked key': string;
  'an expired key': string;
  "a deactivated user's key": string;
}

/** One of each, once for all routes. */
export async function strangers(world: World): Promise<Strangers> {
  const [leaver, inactive, deleted, keyHolder] = [
    await world.person(),
    await world.person(UserRole.Admin),
    await world.person(UserRole.Admin),
    await world.person(),
  ];
  const [revokedKey, expiredKey, inactiveKey] = [
    await world.key(keyHolder.id),
    await world.key(keyHolder.id),
    await world.key(inactive.id),
  ];
  const headers = { authorization: leaver.authorization };
  await world.gateway.request({ method: 'POST', url: '/api/v1/auth/logout', headers });
  await world.query(
    `WITH stopped AS (UPDATE users SET is_active = id <> $1, deleted_at = CASE WHEN id = $2 THEN now() END
                       WHERE id IN ($1, $2))
     INSERT INTO revocations (id, kind, subject_id, expires_at)
     VALUES ($3, 'user', $1, now() + interval '1 day'), ($4, 'user', $2, now() + interval '1 day')`,
    [inactive.id, deleted.id, newId(), newId()],
  );
  const prefixOf = (bearer: string): string => bearer.slice('Bearer '.length, 'Bearer bio_12345678'.length);
  await world.query('UPDATE api_keys SET revoked_at = now() WHERE prefix = $1', [prefixOf(revokedKey)]);
  await world.query('UPDATE api_keys SET expires_at = now() WHERE prefix = $1', [prefixOf(expiredKey)]);
  const tokens = world.gateway.app.get(AccessTokens);
  const { sessionId, id: userId, email } = await world.person();
  const subject = { tokenId: newId(), userId, sessionId, email, roles: [UserRole.User, UserRole.Admin] };
  const claims = jwt.decode(tokens.sign(subject, Date.now()).token) as object;
  return {
    anonymous: undefined,
    'not a token': 'Bearer x',
    'another scheme': `Basic ${Buffer.from(`${email}:x`).toString('base64')}`,
    'a forged token': `Bearer ${jwt.sign(claims, 'somebody else', { header: { alg: 'HS256', typ: 'at+jwt' } })}`,
    'an unsigned token': `Bearer ${jwt.sign(claims, null, { algorithm: 'none' })}`,
    'an expired token': `Bearer ${tokens.sign(subject, Date.now() - 86_400_000).token}`,
    'a session that is over': leaver.authorization,
    'a deactivated user': inactive.authorization,
    'a deleted user': deleted.authorization,
    'a key that nobody has': `Bearer ${newApiKey().key}`,
    'a revoked key': revokedKey,
    'an expired key': expiredKey,
    "a deactivated user's key": inactiveKey,
  };
}

/** Every scope but the one that would open the route. */
export function scopesWithout({ access }: Route): (keyof typeof scopes)[] {
  return Object.values(scopes).filter((scope) => access.who === 'scope' && scope !== access.scope);
}
