import { newId, UserRole } from '@app/contracts';
import { cronDefinition, definition } from '../gateway/definitions.js';
import type { Route } from './route-table.js';
import { PASSWORD, type Person, type World } from './world.js';

/** Values of a path's parameters. */
export type Parameters = Readonly<Record<string, string>>;

/**
 * What the matrix cannot know of a route by itself. A route without an entry below fails the test, and so does an
 * entry without a route; for most, one line says it all.
 */
export interface RouteFacts {
  /** Makes what the path names: something of this person's, so for everybody else it does not exist. */
  of?: (world: World, owner: Person) => Promise<Parameters>;
  /** What the path names when it is nobody's, such as a provider. */
  params?: Parameters;
  /** The smallest body that is valid. */
  body?: (caller: Person) => unknown;
  /** What somebody who is let in is answered, when it is not below 400: the request is not one that can succeed. */
  answers?: number;
}

const own = (param: string, make: (world: World, owner: Person) => Promise<string>) => ({
  of: async (world: World, owner: Person): Promise<Parameters> => ({ [param]: await make(world, owner) }),
});

const workflow = own('id', (world, owner) => world.workflow(owner));
const cronWorkflow = own('id', async (world, owner) => {
  const { id = '' } = await world.made(owner, '/workflows', cronDefinition());
  await world.made(owner, `/workflows/${id}/activate`, {});
  return id;
});
const anHour = (): { from: string; to: string } => ({
  from: new Date(Date.now() - 3_600_000).toISOString(),
  to: new Date().toISOString(),
});
const workflowVersion = {
  of: async (world: World, owner: Person): Promise<Parameters> => ({ id: await world.workflow(owner), version: '1' }),
};
const run = own('id', (world, owner) => world.run(owner));
const finishedRun = own('id', async (world, owner) => {
  const id = await world.run(owner);
  await world.engine(id).finish('completed');
  return id;
});
const stepInDoubt = {
  of: async (world: World, owner: Person): Promise<Parameters> => {
    const id = await world.run(owner);
    const engine = world.engine(id);
    await engine.journal({ type: 'step.started', path: 'greet', at: 1, attempt: 1, effect: 'unsafe' });
    await engine.journal({ type: 'step.in_doubt', path: 'greet', at: 2, attempt: 1, reason: 'lost' });
    await engine.park();
    return { id, path: 'greet' };
  },
};
const task = own('id', async (world, owner) => {
  const id = newId();
  const payload = JSON.stringify({ queue: 'q', input: null, effect: 'unsafe', idempotency_key: 'k', step: {} });
  await world.query(`INSERT INTO jobs (id, type, payload, user_id) VALUES ($1, 'external.task', $2, $3)`, [
    id,
    payload,
    owner.id,
  ]);
  return id;
});
const secret = own('name', async (world, owner) => {
  const name = `s${newId().replaceAll('-', '')}`;
  await world.made(owner, '/secrets', { name, value: 'x' });
  return name;
});
const wantedEvents = { types: ['org.example.*'], url: 'http://127.0.0.1:9/events' };
const subscription = own('id', async (world, owner) =>
  String((await world.made(owner, '/event-subscriptions', wantedEvents))['id']),
);
const wantedIntegration = { type: 'github', name: 'GitHub', credentials: { token: 'ghp_0123456789' } };
const integration = own('id', async (world, owner) =>
  String((await world.made(owner, '/integrations', wantedIntegration))['id']),
);
const wantedContent = { type: 'note', title: 'A note' };
const content = own('id', async (world, owner) => String((await world.made(owner, '/content', wantedContent))['id']));
const contentRevision = {
  of: async (world: World, owner: Person): Promise<Parameters> => ({
    id: String((await content.of(world, owner))['id']),
    version: '1',
  }),
};
const delivery = {
  of: async (world: World, owner: Person): Promise<Parameters> => {
    const { id = '' } = await subscription.of(world, owner);
    const [deliveryId, eventId] = [newId(), newId()];
    await world.query(
      `INSERT INTO events (id, user_id, type, source, event_id, event) VALUES ($1, $2, 't', '/s', 'e', '{}')`,
      [eventId, owner.id],
    );
    await world.query(
      `INSERT INTO event_deliveries (id, subscription_id, event_id, status) VALUES ($1, $2, $3, 'failed')`,
      [deliveryId, id, eventId],
    );
    return { id, deliveryId };
  },
};
const session = own('id', async (world, owner) => (await world.signIn(owner.id)).sessionId);
const newKey = { name: 'CI', scopes: ['runs:read'] };
const apiKey = own('id', async (world, owner) => String((await world.made(owner, '/api-keys', newKey))['id']));
const serviceAccount = own('id', async (world, owner) =>
  String((await world.made(owner, '/service-accounts', { name: 'Robot' }))['id']),
);
const serviceAccountKey = {
  of: async (world: World, owner: Person): Promise<Parameters> => {
    const { id = '' } = await serviceAccount.of(world, owner);
    const key = await world.made(owner, `/service-accounts/${id}/keys`, newKey);
    return { id, keyId: String(key['id']) };
  },
};
const passkey = own('id', async (world, owner) => {
  const id = newId();
  await world.query(
    `INSERT INTO passkeys (id, user_id, name, credential_id, public_key, device_type)
     VALUES ($1, $2, 'Key', $3, '', 'singleDevice')`,
    [id, owner.id, id],
  );
  // Who has a passkey proves with it.
  await world.query(`UPDATE sessions SET proved_by = 'passkey' WHERE user_id = $1`, [owner.id]);
  return id;
});
const oauthIdentity = own('id', async (world, owner) => {
  const id = newId();
  await world.query(`INSERT INTO oauth_identities (id, user_id, provider, subject) VALUES ($1, $2, 'google', $3)`, [
    id,
    owner.id,
    id,
  ]);
  return id;
});
const person = own('id', async (_, owner) => owner.id);
const invited = { body: () => ({ email: `${newId()}@example.com` }) };
const invitation = own('id', async (world) => {
  const admin = await world.person(UserRole.Admin);
  return String((await world.made(admin, '/invitations', invited.body()))['id']);
});

const google = { params: { provider: 'google' } };
const named = { body: () => ({ name: 'Another name' }) };
const credential = {
  id: 'eA',
  rawId: 'eA',
  type: 'public-key',
  clientExtensionResults: {},
  response: { clientDataJSON: 'e30', authenticatorData: 'eA', signature: 'eA' },
};
const newCredential = { ...credential, response: { clientDataJSON: 'e30', attestationObject: 'eA' } };

/** The routes that are open to the world: none becomes so by a slip. Keys as in the table below. */
export const openRoutes: Readonly<Record<string, RouteFacts>> = {
  'GET /health': {},
  'GET /ready': {},
  'GET /.well-known/jwks.json': {},
  'GET /docs': {},
  'GET /docs/start.js': {},
  'GET /docs/openapi.json': {},
  'GET /docs/:asset': { params: { asset: 'swagger-ui.css' } },
  'GET /passkeys': {},
  'GET /account/verify-email': {},
  'GET /account/reset-password': {},
  'GET /account/register': {},
  'GET /pages/:asset': { params: { asset: 'page.css' } },
  '* /hooks/:token': { params: { token: 'x' }, answers: 404 },
  // A QUERY has a body, and its type (draft-ietf-httpbis-safe-method-w-body).
  'QUERY /hooks/:token': { params: { token: 'x' }, answers: 400 },
  'POST /api/v1/auth/register': {
    body: () => ({ email: `${newId()}@example.com`, password: PASSWORD, name: 'Ada' }),
  },
  'POST /api/v1/auth/login': { body: ({ email }) => ({ email, password: PASSWORD }) },
  'POST /api/v1/auth/refresh': { body: () => ({ refresh_token: 'x' }), answers: 401 },
  'POST /api/v1/auth/password/forgot': { body: ({ email }) => ({ email }) },
  'POST /api/v1/auth/password/reset': { body: () => ({ token: 'x', password: `${PASSWORD} 2` }), answers: 400 },
  'POST /api/v1/auth/email/verify': { body: () => ({ token: 'x' }), answers: 400 },
  // No provider is configured in this test.
  'GET /api/v1/auth/oauth/:provider': { ...google, answers: 404 },
  'GET /api/v1/auth/callback/:provider': { ...google, answers: 404 },
  'POST /api/v1/auth/callback/:provider': { ...google, answers: 404 },
  'POST /api/v1/auth/oauth/exchange': { body: () => ({ code: 'x' }), answers: 401 },
  'POST /api/v1/auth/passkeys/login/options': {},
  'POST /api/v1/auth/passkeys/login/verify': { body: () => ({ credential }), answers: 401 },
};

/** All others, by method and path as the server has them; `*` for a route that takes every method. */
export const guardedRoutes: Readonly<Record<string, RouteFacts>> = {
  'POST /api/v1/auth/logout': {},
  'GET /api/v1/auth/me': {},
  'POST /api/v1/auth/step-up': { body: () => ({ password: PASSWORD }) },
  'GET /api/v1/auth/sessions': {},
  'DELETE /api/v1/auth/sessions': {},
  'PATCH /api/v1/auth/sessions/:id': { ...session, ...named },
  'DELETE /api/v1/auth/sessions/:id': session,
  'POST /api/v1/auth/password/change': {
    body: () => ({ current_password: PASSWORD, new_password: `${PASSWORD} 2` }),
  },
  'POST /api/v1/auth/password/set': { body: () => ({ new_password: `${PASSWORD} 2` }), answers: 409 },
  'POST /api/v1/auth/email/verification': {},
  'POST /api/v1/auth/oauth/:provider/link': { ...google, answers: 404 },
  'GET /api/v1/auth/oauth/identities': {},
  'POST /api/v1/auth/oauth/identities': { body: () => ({ code: 'x' }), answers: 401 },
  'DELETE /api/v1/auth/oauth/identities/:id': oauthIdentity,
  'POST /api/v1/auth/passkeys/register/options': {},
  'POST /api/v1/auth/passkeys/register/verify': { body: () => ({ credential: newCredential }), answers: 400 },
  'GET /api/v1/auth/passkeys': {},
  'PATCH /api/v1/auth/passkeys/:id': { ...passkey, ...named },
  'DELETE /api/v1/auth/passkeys/:id': passkey,

  'GET /api/v1/api-keys': {},
  'POST /api/v1/api-keys': { body: () => newKey },
  'GET /api/v1/api-keys/:id': apiKey,
  'PATCH /api/v1/api-keys/:id': { ...apiKey, ...named },
  'DELETE /api/v1/api-keys/:id': apiKey,
  'GET /api/v1/service-accounts': {},
  'POST /api/v1/service-accounts': named,
  'GET /api/v1/service-accounts/:id': serviceAccount,
  'PATCH /api/v1/service-accounts/:id': { ...serviceAccount, ...named },
  'DELETE /api/v1/service-accounts/:id': serviceAccount,
  'GET /api/v1/service-accounts/:id/keys': serviceAccount,
  'POST /api/v1/service-accounts/:id/keys': { ...serviceAccount, body: () => newKey },
  'DELETE /api/v1/service-accounts/:id/keys/:keyId': serviceAccountKey,

  'GET /api/v1/users/me': {},
  'PATCH /api/v1/users/me': named,
  'PUT /api/v1/users/me/email': invited,
  'DELETE /api/v1/users/me': {},
  'GET /api/v1/users/me/export': {},
  // Nobody in this test has asked for the deletion of their account.
  'POST /api/v1/users/me/restore': { answers: 409 },
  'GET /api/v1/users': {},
  'GET /api/v1/users/:id': person,
  'PATCH /api/v1/users/:id': { ...person, ...named },
  'GET /api/v1/invitations': {},
  'POST /api/v1/invitations': invited,
  'DELETE /api/v1/invitations/:id': invitation,

  'POST /api/v1/events': { body: () => ({}), answers: 415 },
  'GET /api/v1/content': {},
  'POST /api/v1/content': { body: () => wantedContent },
  'GET /api/v1/content/:id': content,
  'PUT /api/v1/content/:id': { ...content, body: () => wantedContent },
  'PATCH /api/v1/content/:id': { ...content, body: () => ({ title: 'Another' }) },
  'DELETE /api/v1/content/:id': content,
  'POST /api/v1/content/:id/restore': content,
  'POST /api/v1/content/:id/publish': content,
  'GET /api/v1/content/:id/revisions': content,
  'GET /api/v1/content/:id/revisions/:version': contentRevision,
  'POST /api/v1/content/:id/revisions/:version/restore': contentRevision,
  'GET /api/v1/integrations': {},
  'GET /api/v1/integrations/types': {},
  'POST /api/v1/integrations': { body: () => wantedIntegration },
  'GET /api/v1/integrations/:id': integration,
  'PUT /api/v1/integrations/:id': { ...integration, body: () => ({ name: 'GitHub' }) },
  'DELETE /api/v1/integrations/:id': integration,
  'GET /api/v1/event-subscriptions': {},
  'POST /api/v1/event-subscriptions': { body: () => wantedEvents },
  'GET /api/v1/event-subscriptions/:id': subscription,
  'PATCH /api/v1/event-subscriptions/:id': { ...subscription, body: () => ({ types: ['*'] }) },
  'DELETE /api/v1/event-subscriptions/:id': subscription,
  'POST /api/v1/event-subscriptions/:id/rotate-secret': subscription,
  'GET /api/v1/event-subscriptions/:id/deliveries': subscription,
  'POST /api/v1/event-subscriptions/:id/deliveries/:deliveryId/redeliver': delivery,
  'GET /api/v1/secrets': {},
  'POST /api/v1/secrets': { body: () => ({ name: `s${newId().replaceAll('-', '')}`, value: 'x' }) },
  'PUT /api/v1/secrets/:name': { ...secret, body: () => ({ value: 'y' }) },
  'DELETE /api/v1/secrets/:name': secret,

  'GET /api/v1/step-types': {},
  'GET /api/v1/workflows': {},
  'POST /api/v1/workflows': { body: () => definition() },
  'POST /api/v1/workflows/validate': { body: () => definition() },
  'GET /api/v1/workflows/:id': workflow,
  'PUT /api/v1/workflows/:id': { ...workflow, body: () => definition({ name: 'Another' }) },
  'PATCH /api/v1/workflows/:id': { ...workflow, ...named },
  'DELETE /api/v1/workflows/:id': workflow,
  'POST /api/v1/workflows/:id/activate': workflow,
  'POST /api/v1/workflows/:id/deactivate': workflow,
  'POST /api/v1/workflows/:id/execute': workflow,
  'POST /api/v1/workflows/:id/test': { ...workflow, body: () => ({ step: 'greet' }) },
  'GET /api/v1/workflows/:id/status': workflow,
  'GET /api/v1/workflows/:id/runs': workflow,
  'GET /api/v1/workflows/:id/schedule': cronWorkflow,
  'POST /api/v1/workflows/:id/schedule/pause': cronWorkflow,
  'POST /api/v1/workflows/:id/schedule/resume': cronWorkflow,
  'POST /api/v1/workflows/:id/schedule/backfill': { ...cronWorkflow, body: anHour },
  'GET /api/v1/workflows/:id/versions': workflow,
  'GET /api/v1/workflows/:id/versions/:version': workflowVersion,
  'GET /api/v1/workflows/:id/versions/:version/compare/:other': {
    of: async (world, owner) => ({ ...(await workflowVersion.of(world, owner)), other: '1' }),
  },
  'POST /api/v1/workflows/:id/versions/:version/restore': workflowVersion,
  'GET /api/v1/runs': {},
  'POST /api/v1/runs/bulk': { body: () => ({ filter: {}, action: 'cancel' }) },
  'GET /api/v1/runs/:id': run,
  'DELETE /api/v1/runs/:id': finishedRun,
  'GET /api/v1/runs/:id/steps': run,
  'POST /api/v1/runs/:id/cancel': run,
  'POST /api/v1/tasks/poll': { body: () => ({ queues: ['q'] }) },
  'POST /api/v1/tasks/:id/complete': { ...task, body: () => ({ lease: newId() }), answers: 409 },
  'POST /api/v1/tasks/:id/fail': { ...task, body: () => ({ lease: newId(), message: 'x' }), answers: 409 },
  'POST /api/v1/tasks/:id/heartbeat': { ...task, body: () => ({ lease: newId() }), answers: 409 },
  'POST /api/v1/runs/:id/signals/:name': {
    of: async (world, owner) => ({ id: await world.run(owner), name: 'approve' }),
    body: () => ({ payload: true }),
  },
  'POST /api/v1/runs/:id/retry': { ...finishedRun, body: () => ({ from: 'start' }) },
  'POST /api/v1/runs/:id/steps/:path/resolve': {
    ...stepInDoubt,
    body: () => ({ outcome: 'retry' }),
  },
};

/** The entry of a route, in the table for those that are open like it; undefined when it has none there. */
export function factsOf({ method, path, access }: Route): RouteFacts | undefined {
  const table = access.who === 'everybody' ? openRoutes : guardedRoutes;
  return table[`${method} ${path}`] ?? table[`* ${path}`];
}
