const AT_A_TIME = 20;

export interface Answer {
  status: number;
  /** Parsed JSON: a test says what it expects to find in it. */
  body: ReturnType<typeof JSON.parse>;
}

/** A user of the gateway's API, over the wire. */
export class ApiUser {
  private authorization = '';

  private constructor(
    private readonly originOf: () => string,
    private readonly account: { email: string; password: string },
  ) {}

  /** Somebody who has an account, signed in. @param originOf where the gateway is at the moment of a call */
  static async signIn(originOf: () => string, account: { email: string; password: string }): Promise<ApiUser> {
    const user = new ApiUser(originOf, account);
    await user.login();
    return user;
  }

  /** What says who is calling. */
  get headers(): Record<string, string> {
    return this.authorization === '' ? {} : { authorization: this.authorization };
  }

  /** Signs in anew. Throws when that does not succeed. */
  async login(): Promise<void> {
    const { body } = await this.must(200, 'POST', '/auth/login', this.account);
    this.authorization = `Bearer ${body.tokens.access_token}`;
  }

  /** Makes a workflow and returns its id. */
  async createWorkflow(definition: object): Promise<string> {
    return (await this.must(201, 'POST', '/workflows', definition)).body.id;
  }

  /** Starts a run and returns its id: from here on the platform has promised it. */
  async execute(workflowId: string): Promise<string> {
    return (await this.must(202, 'POST', `/workflows/${workflowId}/execute`, { input: {} })).body.run_id;
  }

  /** Starts many runs, a few at a time, and returns their ids. */
  async executeMany(workflowId: string, count: number): Promise<string[]> {
    const runIds: string[] = [];
    let started = 0;
    const lane = async (): Promise<void> => {
      while (started++ < count) runIds.push(await this.execute(workflowId));
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, lane));
    return runIds;
  }

  /** A call that must end with this status. */
  async must(status: number, method: string, path: string, body?: object): Promise<Answer> {
    const answer = await this.call(method, path, body);
    if (answer.status === status) return answer;
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  async call(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.originOf()}/api/v1${path}`, {
      method,
      headers: {
        ...this.headers,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }
}
