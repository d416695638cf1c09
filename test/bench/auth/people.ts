import { randomUUID } from 'node:crypto';

const password = 'correct horse battery staple';

/** Somebody with an account. */
export interface Person {
  id: string;
  token: string;
  /** The body of a sign-in. */
  login: string;
}

/** Accounts, made over the API. */
export async function people(url: string, count: number): Promise<Person[]> {
  const made: Person[] = [];
  for (let i = 0; i < count; i++) {
    const email = `${randomUUID()}@example.com`;
    const { user, tokens } = await post(`${url}/api/v1/auth/register`, { email, password, name: 'Bench' });
    made.push({ id: user.id, token: tokens.access_token, login: JSON.stringify({ email, password }) });
  }
  return made;
}

interface SignedIn {
  user: { id: string };
  tokens: { access_token: string };
}

async function post(url: string, body: object): Promise<SignedIn> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as SignedIn;
}
