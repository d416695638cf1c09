import type { Dispatcher } from 'undici';
import type { IncomingHttpHeaders } from 'node:http';
import { tooLarge } from './decode-body.js';
import { EgressError } from './egress.error.js';
import { isRedirect } from './redirect.js';

/** What is read of a redirect's body, which nobody sees, before its connection is given up. */
const MAX_REDIRECT_BYTES = 65_536;

/** What one request of a call is bound to. */
export interface ExchangeBounds {
  method: string;
  url: URL;
  /** Most bytes of the answer's body, counted as they come. */
  maxBytes: number;
  followsRedirects: boolean;
  /** Asked when the connection stands and nothing has been written on it yet. */
  mayLeave: () => boolean;
}

/** What a receiver answers to one request. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** As it was sent; empty for a redirect that is followed. */
  body: Buffer;
  /** Where a redirect that is followed leads. */
  location?: string;
}

/**
 * One request and its answer, taken from undici as they come. Its `request` makes a stream of each body, an abort signal's
 * listener and half a dozen promises, for what is read whole in the end.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Rejects with an EgressError of ours or an error of undici's or Node.js's. */
  readonly answer: Promise<Answer>;
  /** Whether a byte of the request may have been sent: certainly none were before. */
  hasLeft = false;
  private resolve: (answer: Answer) => void = () => undefined;
  private reject: (error: Error) => void = () => undefined;
  private controller: Dispatcher.DispatchController | undefined;
  private ended: Error | undefined;
  private begun: Answer | undefined;
  private maxBytes = 0;
  private size = 0;
  private readonly chunks: Buffer[] = [];

  constructor(private readonly bounds: ExchangeBounds) {
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Ends it, whatever it is at: while it waits for a connection too, nothing leaves any more. */
  end(reason: Error): void {
    this.ended = reason;
    this.reject(reason);
    this.controller?.abort(reason);
  }

  /** The connection stands. Whoever makes the call may have lost the right to it while it was being made. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.ended !== undefined) controller.abort(this.ended);
    else if (this.bounds.mayLeave()) this.hasLeft = true;
    else controller.abort(new EgressError('HTTP_UNREACHABLE', 'It was no longer to be called.', false));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, sent: IncomingHttpHeaders): void {
    // "Early hints" and the like come before the answer.
    if (status < 200) return;
    const { url, method, followsRedirects, maxBytes } = this.bounds;
    const headers = flatten(sent);
    const { location } = headers;
    const isFollowed = followsRedirects && isRedirect(status, location, url);
    this.begun = { status, headers, body: Buffer.alloc(0), ...(isFollowed && { location }) };
    this.maxBytes = isFollowed ? MAX_REDIRECT_BYTES : maxBytes;
    // An answer to HEAD has the headers of a body and none.
    if (method !== 'HEAD' && Number(headers['content-length'] ?? 0) > this.maxBytes) this.stopReading();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > this.maxBytes) this.stopReading();
    else if (this.begun?.location === undefined) this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.begun === undefined) return;
    const [only = this.begun.body] = this.chunks;
    this.begun.body = this.chunks.length > 1 ? Buffer.concat(this.chunks, this.size) : only;
    this.resolve(this.begun);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // Where a redirect leads is known, whatever becomes of its body.
    if (this.begun?.location === undefined) this.reject(error);
    else this.resolve(this.begun);
  }

  /** Gives up the connection, on which more would come. */
  private stopReading(): void {
    const error = tooLarge(this.bounds.url.host, this.bounds.maxBytes);
    if (this.begun?.location === undefined) this.reject(error);
    this.controller?.abort(error);
  }
}

/** Several lines of a name become one. */
function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name] ?? '';
    setOwn(flat, name, typeof value === 'string' ? value : value.join(', '));
  }
  return flat;
}

/** A name such as `__proto__` is one like any other. */
function setOwn(object: Record<string, string>, name: string, value: string): void {
  if (name in object)
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  else object[name] = value;
}
