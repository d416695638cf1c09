import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

/** A mail as it arrived. */
export interface ReceivedMail {
  /** Without angle brackets. */
  messageId: string;
  to: string[];
  /** The whole message, headers and all. */
  raw: string;
}

type Done = (error?: Error | null) => void;

/** Says how the server answers; whatever is left out it takes. */
export interface MailBehaviour extends SMTPServerOptions {
  /** Called when a mail has arrived whole; it is taken when `done` is called without an error. Default: at once. */
  onMail?: (mail: ReceivedMail, done: Done) => void;
}

/** A real SMTP server on the loopback interface. */
export class TestMailServer {
  /** Every mail that arrived whole, also those that were then refused, in order. */
  readonly received: ReceivedMail[] = [];
  private readonly server: SMTPServer;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly behaviour: MailBehaviour) {
    this.server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onData: (stream, session, done) => this.take(stream, session, done),
      ...behaviour,
    });
    // A client that breaks off is nothing to fail for.
    this.server.on('error', () => undefined);
    this.server.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async start(behaviour: MailBehaviour = {}): Promise<TestMailServer> {
    const mails = new TestMailServer(behaviour);
    mails.server.listen(0, '127.0.0.1');
    await once(mails.server.server, 'listening');
    return mails;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /** Ends all connections without a word. */
  breakConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.breakConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private take(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): void {
    let raw = '';
    stream.on('data', (chunk: Buffer) => (raw += chunk.toString('utf8')));
    stream.once('end', () => {
      const messageId = /^Message-ID: <(.*)>\r$/m.exec(raw)?.[1] ?? '';
      const mail = { messageId, to: session.envelope.rcptTo.map(({ address }) => address), raw };
      this.received.push(mail);
      if (this.behaviour.onMail === undefined) done();
      else this.behaviour.onMail(mail, done);
    });
  }
}
