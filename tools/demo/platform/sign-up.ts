import type { SignedInDto } from '@app/contracts';
import { randomBytes } from 'node:crypto';
import type { Api } from './api.js';

/** Somebody new on the platform. */
export interface DemoUser {
  email: string;
  api: Api;
}

/** Signs a user up, with an address that nobody had before. */
export async function signUp(api: Api): Promise<DemoUser> {
  const email = `demo-${Date.now()}-${randomBytes(3).toString('hex')}@example.org`;
  const password = randomBytes(18).toString('base64url');
  const { tokens } = await api.post<SignedInDto>('/auth/register', { email, password, name: 'Demonstration' });
  return { email, api: api.as(tokens.access_token) };
}
