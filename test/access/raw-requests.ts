import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawRequest {
  method: string;
  /** Sent to the letter, unlike by `fetch` or `inject`, which resolve dot segments first. */
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

export interface RawAnswer {
  status: number;
  /** Of the problem document, if it is one. */
  code: string | undefined;
}

/** Asks a server on this machine over connections that stay open. */
export class RawRequests {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });

  constructor(private readonly port: number) {}

  async send({ method, url, headers = {}, body }: RawRequest): Promise<RawAnswer> {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request({
      agent: this.agent,
      host: '127.0.0.1',
      port: this.port,
      method,
      path: url,
      headers: {
        ...headers,
        ...(content !== undefined && {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(content)),
        }),
      },
    });
    outgoing.end(content);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const answer = await text(response);
    const isProblem = String(response.headers['content-type']).includes('problem+json') && answer !== '';
    const code = isProblem ? (JSON.parse(answer) as { code: string }).code : undefined;
    return { status: response.statusCode ?? 0, code };
  }

  close(): void {
    this.agent.destroy();
  }
}
