/** A signed-up user of the platform under test, and the few calls a benchmark makes. */
export class Account {
  private constructor(
    private readonly url: string,
    readonly token: string,
  ) {}

  static async register(url: string): Promise<Account> {
    const body = { email: `bench-${Date.now()}@example.com`, password: 'correct horse battery staple', name: 'Bench' };
    const { tokens } = await call<{ tokens: { access_token: string } }>(`${url}/api/v1/auth/register`, body);
    return new Account(url, tokens.access_token);
  }

  async createWorkflow(steps: unknown[]): Promise<string> {
    const body = { name: 'bench', trigger_type: 'manual', steps };
    return (await call<{ id: string }>(`${this.url}/api/v1/workflows`, body, this.token)).id;
  }
}

async function call<T>(url: string, body: unknown, token?: string): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
