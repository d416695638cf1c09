import { afterAll, beforeAll, expect, it } from 'vitest';
import { largeDefinitions } from '../../../../test/definition/large-definitions.js';
import { definition } from '../../../../test/gateway/definitions.js';
import { TestGateway, type TestUser } from '../../../../test/gateway/test-gateway.js';

let gateway: TestGateway;
let user: TestUser;
let other: TestUser;
const large = largeDefinitions()['many different expressions'];

beforeAll(async () => {
  gateway = await TestGateway.start();
  user = await gateway.signUp();
  other = await gateway.signUp();
});
afterAll(() => gateway.stop());

/** Requests of somebody else that are answered, one after the other, before this one is. */
async function answeredMeanwhile(work: Promise<{ status: number }>): Promise<{ status: number; others: number }> {
  let status: number | undefined;
  const done = work.then((answer) => (status = answer.status));
  let others = 0;
  while (status === undefined) {
    expect((await other.call('GET', '/workflows')).status).toBe(200);
    others += 1;
  }
  return { status: await done, others };
}

it('whoever checks a large definition lets others have their answers meanwhile', { timeout: 120_000 }, async () => {
  const { body } = await user.call('POST', '/workflows', definition());
  const path = `/workflows/${body.id}`;
  const requests = [
    ['POST', '/workflows/validate', large],
    ['POST', '/workflows', large],
    ['PUT', path, large],
    ['PATCH', path, large],
    ['POST', `${path}/versions/2/restore`, undefined],
    ['POST', `${path}/activate`, undefined],
  ] as const;
  for (const [method, address, sent] of requests) {
    const { status, others } = await answeredMeanwhile(user.call(method, address, sent));
    expect(status, address).toBeLessThan(300);
    // Without turns it would be the one that was under way when the check began, and the one that waited for its end.
    expect(others, `${method} ${address}`).toBeGreaterThan(3);
  }
});
