/** A signed-up user of the platform under test, and the few calls a benchmark makes. */
export class Account {
  private constructor(
    private readonly url: string,
    readonly id: string,
    readonly token: string,
  ) {}

  static async register(url: string): Promise<Account> {
    const body = { email: `bench-${Date.now()}@example.com`, password: 'correct horse battery staple', name: 'Bench' };
    const { user, tokens } = await call<{ user: { id: string }; tokens: { access_token: string } }>(
      `${url}/api/v1/auth/register`,
      body,
    );
    return new Account(url, user.id, tokens.access_token);
  }

  /** @returns the workflow's id, and its address when it has a webhook */
  async createWorkflow(definition: object): Promise<{ id: string; hook_url: string | null }> {
    const body = { name: 'bench', trigger_type: 'manual', ...definition };
    return call(`${this.url}/api/v1/workflows`, body, this.token);
  }

  async activate(workflowId: string): Promise<void> {
    await call(`${this.url}/api/v1/workflows/${workflowId}/activate`, undefined, this.token);
  }
}

async function call<T>(url: string, body: object | undefined, token?: string): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
