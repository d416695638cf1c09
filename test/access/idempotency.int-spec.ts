import { UserRole } from '@app/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestGateway } from '../gateway/test-gateway.js';
import { factsOf } from './route-facts.js';
import { routesOf } from './route-table.js';
import { World } from './world.js';

// The routes are the names of the tests, so the gateway runs before they are collected.
const gateway = await TestGateway.start();
const posts = routesOf(gateway.app).filter(({ method, access }) => method === 'POST' && access.who !== 'everybody');
let world: World;

beforeAll(async () => (world = await World.in(gateway)));
afterAll(() => gateway.stop());

/** Ends the caller's session, so that nobody is there to ask again. */
const endsItself = ['POST /api/v1/auth/logout'];

it.each(posts.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s honours an Idempotency-Key or refuses it',
  async (name, route) => {
    const facts = factsOf(route) ?? {};
    const caller = await world.person(...(route.access.who === 'roles' ? [UserRole.Admin] : []));
    const parameters = { ...facts.params, ...(await facts.of?.(world, caller)) };
    const url = route.path.replace(/:(\w+)/g, (_, param: string) => encodeURIComponent(parameters[param] ?? ''));
    const payload = facts.body?.(caller);
    const ask = () =>
      gateway.request({
        method: 'POST',
        url,
        headers: { authorization: caller.authorization, 'idempotency-key': 'asked twice' },
        ...(payload !== undefined && { payload: payload as object }),
      });
    const [first, second] = [await ask(), await ask()];
    if (first.status === 400 && String(first.body.detail).startsWith('Idempotency-Key is not taken here')) return;
    expect(endsItself).not.toContain(name);
    expect(second.headers['idempotency-replayed'], JSON.stringify(second.body)).toBe('true');
    expect(second.status).toBe(first.status);
  },
);
