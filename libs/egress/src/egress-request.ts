/** A call to somebody outside. */
export interface EgressRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | null;
  /** Whole time from connecting to the last byte, redirects included, in ms. */
  timeoutMs: number;
  signal: AbortSignal;
  /**
   * Whether the request may go over a connection that served another one. A receiver may close an idle connection at
   * the very moment we write on it, and then nobody knows whether it read the request.
   */
  reuseConnection: boolean;
  /**
   * Asked in the last moment before the first byte leaves: on false nothing is sent, and the call fails as one that has
   * certainly not happened. Asked again before a redirect repeats the request, not before it goes on with a GET.
   */
  mayLeave?: () => boolean;
  /**
   * Whether redirects are followed, or are answers like any other. Unless given, those of methods without an effect are
   * followed: what is called again must be meant to be.
   */
  redirects?: 'follow' | 'answer';
  /** Awaited before a redirect is followed to that URL; when it rejects, the redirect is not. The call's time goes on. */
  beforeRedirect?: (url: URL, signal: AbortSignal) => Promise<void>;
  /** Names of headers that another origin must not see, besides those that are credentials by their name. */
  secretHeaders?: readonly string[];
  /**
   * Why the request must not be made at another origin than the one of `url`, as the end of a sentence. A redirect that
   * would repeat it there is refused; one that turns it into a GET is followed all the same.
   */
  boundBecause?: string;
}

export interface EgressResponse {
  status: number;
  /** Lower-case names; several lines of a name are joined by a comma. */
  headers: Record<string, string>;
  /** Decompressed. */
  body: Buffer;
  /**
   * Set when a receiver answered the request itself with a redirect that turned it into a GET, and this is the answer
   * to that GET: the effect has most likely happened, whatever this answer is.
   */
  afterEffect?: true;
}

/** Methods without an effect (RFC 9110 §9.2.1). */
export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}
