import { applyLoad } from '../load.js';
import type { Person } from './people.js';

export interface CostResult {
  /** Requests per second: the median of the rounds. */
  authenticated: number;
  open: number;
  failed: number;
}

const CONNECTIONS = 32;
const ROUNDS = 3;

/**
 * `GET /auth/me` with an access token, and the same work for anybody who asks, in turns: what else the machine does in
 * a minute then meets both.
 */
export async function authenticationCost(url: string, person: Person, seconds: number): Promise<CostResult> {
  const headers = { authorization: `Bearer ${person.token}` };
  const mine = { url: `${url}/api/v1/auth/me`, headers, connections: CONNECTIONS, seconds };
  const open = { url: `${url}/api/v1/bench/me/${person.id}`, connections: CONNECTIONS, seconds };
  const rates = { authenticated: [] as number[], open: [] as number[] };
  let failed = 0;
  await applyLoad({ ...mine, seconds: 2 });
  await applyLoad({ ...open, seconds: 2 });
  for (let round = 0; round < ROUNDS; round++) {
    const withoutToken = await applyLoad(open);
    const withToken = await applyLoad(mine);
    rates.open.push(withoutToken.perSecond);
    rates.authenticated.push(withToken.perSecond);
    failed += withoutToken.failed + withToken.failed;
  }
  return { authenticated: median(rates.authenticated), open: median(rates.open), failed };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
