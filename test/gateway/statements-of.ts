import { Client } from 'pg';
import { vi } from 'vitest';

/** What requests read and write; what the gateway does by itself in the background is about other tables. */
const OF_REQUESTS = /\b(users|sessions|jobs|audit_events|one_time_tokens)\b|^(BEGIN|COMMIT|ROLLBACK)\b/;

/**
 * The statements that this process sends to PostgreSQL for requests while `work` lasts, in their order and without
 * their values: the same statements are the same work, which no clock in a test can show.
 */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const query = vi.spyOn(Client.prototype, 'query');
  try {
    await work();
    for (const [statement] of query.mock.calls as unknown as [unknown][]) {
      const text = textOf(statement);
      if (OF_REQUESTS.test(text)) statements.push(text);
    }
  } finally {
    query.mockRestore();
  }
  return statements;
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  const text: unknown = typeof statement === 'object' && statement !== null && Reflect.get(statement, 'text');
  return typeof text === 'string' ? text : '';
}
