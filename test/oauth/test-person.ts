import { randomUUID } from 'node:crypto';

/** Somebody with an account at a provider. */
export interface TestPerson {
  subject: string;
  email: string;
  isVerified: boolean;
  name: string;
}

export function testPerson(changes: Partial<TestPerson> = {}): TestPerson {
  const subject = randomUUID();
  return { subject, email: `${subject}@example.com`, isVerified: true, name: 'Ada Lovelace', ...changes };
}
