import { UserRole } from '@app/contracts';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestGateway } from '../gateway/test-gateway.js';
import { scopesWithout, strangers, type Strangers } from './callers.js';
import {
  fault,
  forbidden,
  forKeys,
  forPeople,
  forStrangers,
  letIn,
  noMistake,
  noRoute,
  stepUpRequired,
  unauthorized,
  type Expectation,
} from './expectation.js';
import { mutationsOf, overridesOf } from './path-mutations.js';
import { RawRequests, type RawRequest } from './raw-requests.js';
import { resolveRoute } from './resolve-route.js';
import { factsOf, guardedRoutes, openRoutes, type Parameters, type RouteFacts } from './route-facts.js';
import { routesOf, type Route } from './route-table.js';
import { World, type Person } from './world.js';

// The routes are the names of the tests, so the gateway runs before they are collected.
const gateway = await TestGateway.start();
const routes = routesOf(gateway.app);

let world: World;
let outside: Strangers;
let powerless: string;
let requests: RawRequests;

beforeAll(async () => {
  await gateway.app.listen(0, '127.0.0.1');
  requests = new RawRequests((gateway.app.getHttpServer().address() as AddressInfo).port);
  world = await World.in(gateway);
  outside = await strangers(world);
  powerless = await world.key((await world.person()).id, []);
});
afterAll(async () => {
  requests.close();
  await gateway.stop();
  const { callers, mutations } = counts;
  process.stdout.write(
    `access matrix: ${routes.length} routes, ${callers} cells of callers, ${mutations} of mutations\n`,
  );
});

const counts = { callers: 0, mutations: 0 };

/** One question of the matrix; what is wrong with its answer goes to the list that the test wants empty. */
class Cells {
  readonly faults: string[] = [];

  constructor(private readonly kind: keyof typeof counts) {}

  async ask(
    what: string,
    request: RawRequest,
    authorization: string | undefined,
    expected: Expectation,
  ): Promise<void> {
    counts[this.kind] += 1;
    const headers = { ...request.headers, ...(authorization !== undefined && { authorization }) };
    const answer = await requests.send({ ...request, headers });
    const wrong = fault(expected, answer, request.method === 'HEAD');
    if (wrong !== undefined) this.faults.push(`${what}: ${request.method} ${request.url}: ${wrong}`);
  }
}

function urlOf({ path }: Route, parameters: Parameters): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`Say in test/access/route-facts.ts what :${name} of ${path} is.`);
    return encodeURIComponent(value);
  });
}

async function parametersFor({ of, params = {} }: RouteFacts, owner: Person): Promise<Parameters> {
  return { ...params, ...(await of?.(world, owner)) };
}

function requestTo(route: Route, facts: RouteFacts, parameters: Parameters, caller: Person): RawRequest {
  return { method: route.method, url: urlOf(route, parameters), body: facts.body?.(caller) };
}

it('every route has facts, and all facts have a route', () => {
  const without = routes.filter((route) => factsOf(route) === undefined).map(({ method, path }) => `${method} ${path}`);
  expect(without, 'add one line for each to openRoutes or guardedRoutes in test/access/route-facts.ts').toEqual([]);
  const served = new Set(routes.flatMap(({ method, path }) => [`${method} ${path}`, `* ${path}`]));
  expect(Object.keys({ ...openRoutes, ...guardedRoutes }).filter((name) => !served.has(name))).toEqual([]);
});

describe.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
  const facts = factsOf(route) ?? {};

  it('lets in whom it is declared for', async () => {
    const cells = new Cells('callers');
    const [owner, other, admin] = [await world.person(), await world.person(), await world.person(UserRole.Admin)];
    const parameters = await parametersFor(facts, owner);
    const ask = (what: string, caller: Person, authorization: string | undefined, expected: Expectation) =>
      cells.ask(what, requestTo(route, facts, parameters, caller), authorization, expected);

    for (const [what, authorization] of Object.entries(outside) as [string, string | undefined][]) {
      await ask(what, owner, authorization, forStrangers(route, facts));
    }
    if (route.stepUp)
      await ask('no recent proof', owner, await unproved(route.access.who === 'roles' ? admin : owner), stepUpRequired);
    const keys = { without: await world.key(owner.id, scopesWithout(route)), with: await world.key(owner.id) };
    await ask('API key without the scope', owner, keys.without, forKeys(route, facts, { scope: false }));
    const expectedOfOther = forPeople(route, facts, { owner: false, admin: false });
    await ask('other user', other, other.authorization, expectedOfOther);
    await ask('admin', admin, admin.authorization, forPeople(route, facts, { owner: false, admin: true }));
    // What the others could not harm is still there for those who may: a fresh one for the first of the two.
    const fresh = requestTo(route, facts, await parametersFor(facts, owner), owner);
    await cells.ask('API key with the scope', fresh, keys.with, forKeys(route, facts, { scope: true }));
    await ask('user', owner, owner.authorization, forPeople(route, facts, { owner: true, admin: false }));
    expect(cells.faults.join('\n')).toBe('');
  });

  it('is reached by no other spelling of its address or method', async () => {
    const cells = new Cells('mutations');
    const owner = await world.person();
    const parameters = await parametersFor(facts, owner);
    const request = requestTo(route, facts, parameters, owner);
    await Promise.all(
      attemptsAt(route, request).map(async ([what, mutated]) => {
        const reached = resolveRoute(routes, mutated.method, mutated.url);
        // Open to the world as it is: what matters is that it is another route, and that nothing breaks.
        if (reached?.access.who === 'everybody') return cells.ask(what, mutated, undefined, noMistake);
        if (reached === undefined) return cells.ask(what, mutated, undefined, noRoute);
        await cells.ask(`${what}, anonymous`, mutated, undefined, unauthorized);
        await cells.ask(`${what}, powerless key`, mutated, powerless, forbidden);
      }),
    );
    await overriddenByTheOwner(cells, request, owner);
    expect(cells.faults.join('\n')).toBe('');
  });

  /** GET stays GET, whatever a header says: the owner is shown the thing, and it is still there the second time. */
  async function overriddenByTheOwner(cells: Cells, { method, url }: RawRequest, owner: Person): Promise<void> {
    const read = resolveRoute(routes, 'GET', url);
    const readFacts = read === undefined ? undefined : factsOf(read);
    if (method === 'GET' || readFacts === undefined || read?.path !== route.path || read.access.who === 'roles') return;
    const [expected, { authorization }] = [letIn(readFacts), owner];
    const overridden = { method: 'GET', url, headers: overridesOf(method) };
    await cells.ask('overridden by the owner', overridden, authorization, expected);
    await cells.ask('still there', { method: 'GET', url }, authorization, expected);
  }
});

/** Other spellings of the address, and other methods that claim to be the route's. */
function attemptsAt(route: Route, request: RawRequest): [string, RawRequest][] {
  const { url } = request;
  const spelled = mutationsOf(url).map((mutation): [string, RawRequest] => [
    mutation.what,
    { ...request, url: mutation.url },
  ]);
  const methods = ['GET', 'HEAD', 'POST'].filter((method) => method !== route.method);
  const claimed = methods.flatMap((method): [string, RawRequest][] => [
    [`as ${method}`, { method, url }],
    ['overridden by headers', { method, url, headers: overridesOf(route.method) }],
    ['overridden by the query', { method, url: `${url}?_method=${route.method}` }],
    ...(method === 'POST'
      ? [['overridden by the body', { method, url, body: { _method: route.method } }] satisfies [string, RawRequest]]
      : []),
  ]);
  return [...spelled, ...claimed];
}

/** The authorization of another session of the person, whose proof is of yesterday. */
async function unproved({ id }: Person): Promise<string> {
  const { sessionId, authorization } = await world.signIn(id);
  await world.query(`UPDATE sessions SET proved_at = now() - interval '1 day' WHERE id = $1`, [sessionId]);
  return authorization;
}
