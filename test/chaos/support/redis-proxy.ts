import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { RespReader } from './resp-reader.js';

/** What becomes of the messages that are published: each arrives, none does, or each arrives twice. */
export type Fate = 'kept' | 'lost' | 'doubled';

/** Publishes twice and answers once. */
const PUBLISH_TWICE = `redis.call('publish', ARGV[1], ARGV[2]) return redis.call('publish', ARGV[1], ARGV[2])`;

/** Stands between the services and Redis, and loses or doubles what they publish. Everything else passes unchanged. */
export class RedisProxy {
  fate: Fate = 'kept';
  /** Messages published, by channel. */
  readonly published = new Map<string, number>();
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly target: URL) {
    this.server = createServer((client) => this.join(client));
  }

  static async start(redisUrl: string): Promise<RedisProxy> {
    const proxy = new RedisProxy(new URL(redisUrl));
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  /** The URL of Redis with this proxy in its place. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private join(client: Socket): void {
    const upstream = connect({ host: this.target.hostname, port: Number(this.target.port) });
    const reader = new RespReader((words) => upstream.write(encode(this.decide(words))));
    client.on('data', (chunk: Buffer) => reader.read(chunk));
    upstream.pipe(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }

  /** The command that Redis gets: always one, so that the answers stay in order. */
  private decide(words: readonly Buffer[]): readonly Buffer[] {
    const [command, channel, message] = words;
    if (command?.toString().toLowerCase() !== 'publish' || channel === undefined || message === undefined) return words;
    const name = channel.toString();
    this.published.set(name, (this.published.get(name) ?? 0) + 1);
    switch (this.fate) {
      case 'kept':
        return words;
      case 'lost':
        return [Buffer.from('EXISTS'), Buffer.from('lost')];
      case 'doubled':
        return [Buffer.from('EVAL'), Buffer.from(PUBLISH_TWICE), Buffer.from('0'), channel, message];
    }
  }
}

function encode(words: readonly Buffer[]): Buffer {
  const parts = words.flatMap((word) => [Buffer.from(`$${word.length}\r\n`), word, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${words.length}\r\n`), ...parts]);
}
