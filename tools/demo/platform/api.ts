import { DemoError } from '../demo.error.js';
import { patientFetch } from './patient-fetch.js';

/** A page of a list, as far as it is looked at. */
export interface Page<T> {
  data: T[];
  total?: number;
  next_cursor?: string | null;
}

/** The platform's REST API as one user sees it. */
export class Api {
  constructor(
    readonly baseUrl: string,
    private readonly accessToken?: string,
  ) {}

  /** The same API, signed in. */
  as(accessToken: string): Api {
    return new Api(this.baseUrl, accessToken);
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T>(path: string, body?: unknown): Promise<T> {
    return this.call<T>('POST', path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('PATCH', path, body);
  }

  /** Every entry of a list, page by page. */
  async all<T>(path: string): Promise<T[]> {
    const entries: T[] = [];
    for (let cursor: string | null | undefined = ''; cursor != null;) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page<T> = await this.get<Page<T>>(`${path}?limit=100${query}`);
      entries.push(...page.data);
      cursor = page.next_cursor;
    }
    return entries;
  }

  /** @throws DemoError that quotes the platform's reason when the answer is not a success */
  private async call<T>(method: string, path: string, content?: unknown): Promise<T> {
    const { status, body } = await patientFetch(`${this.baseUrl}/api/v1${path}`, {
      method,
      headers: {
        ...(this.accessToken !== undefined && { authorization: `Bearer ${this.accessToken}` }),
        ...(content !== undefined && { 'content-type': 'application/json' }),
      },
      ...(content !== undefined && { body: JSON.stringify(content) }),
    });
    if (status >= 400) throw new DemoError(`${method} ${path} was answered with ${status}: ${reasonIn(body)}`);
    return body as T;
  }
}

/** The sentences of a problem document (RFC 9457). */
function reasonIn(body: unknown): string {
  if (typeof body !== 'object' || body === null) return String(body);
  const { detail, errors } = body as { detail?: string; errors?: { field: string; message: string }[] };
  const mistakes = (errors ?? []).map(({ field, message }) => `${field} ${message}`);
  return [detail ?? JSON.stringify(body), ...mistakes].join('\n  ');
}
