import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import S3rver from 's3rver';
import { temporaryFolder } from '../temporary-folder.js';

/** What becomes of a request: answered, refused with a status, left without an answer, or ended in the middle of the answer. */
export type S3Behaviour = 'answer' | 'unavailable' | 'silent' | 'stall';

/** An S3 server on this machine with one bucket, which notes what it is asked and fails on demand. */
export class TestS3Server {
  readonly bucket = 'biometrics-test';
  /** The only access key that it knows. */
  readonly credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
  /** Method and address of each request. */
  readonly requests: string[] = [];
  /** Of the next requests. */
  behaviour: S3Behaviour = 'answer';
  private readonly folder = temporaryFolder('s3');
  private readonly s3: S3rver;
  private readonly server: Server;

  private constructor() {
    this.s3 = new S3rver({
      directory: this.folder.path,
      silent: true,
      configureBuckets: [{ name: this.bucket, configs: [] }],
    });
    const answer = this.s3.callback();
    this.server = createServer((request, response) => {
      this.requests.push(`${request.method} ${request.url}`);
      this.respond(request, response, answer);
    });
  }

  static async start(): Promise<TestS3Server> {
    const server = new TestS3Server();
    await server.s3.configureBuckets();
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    this.folder.remove();
  }

  private respond(
    request: IncomingMessage,
    response: ServerResponse,
    answer: (request: IncomingMessage, response: ServerResponse) => unknown,
  ): void {
    // s3rver knows no way to give an upload up; Amazon answers so.
    if (request.method === 'DELETE' && request.url?.includes('uploadId=') === true) response.writeHead(204).end();
    else if (this.behaviour === 'unavailable') response.writeHead(503).end();
    else if (this.behaviour === 'stall') response.writeHead(200, { 'content-length': '100' }).write('the beginning');
    else if (this.behaviour === 'answer') void answer(request, response);
  }
}
