import type { HttpRequestConfig } from '@app/definition';
import { hash } from 'node:crypto';

/** A call as it goes out, without what differs from attempt to attempt. */
export interface HttpCall {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | null;
  /** The integration whose credentials are added. */
  credential?: string;
}

const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-api-key', 'x-auth-token']);

/** The call that a resolved config describes. */
export function httpCall({ method, url, headers, query, body, credential }: HttpRequestConfig): HttpCall {
  const sent = textMembers(headers ?? {});
  const isText = typeof body === 'string';
  if (body !== undefined && body !== null && !isText && !hasHeader(sent, 'content-type')) {
    sent['content-type'] = 'application/json';
  }
  return {
    method,
    url: withQuery(url, query ?? {}),
    headers: sent,
    body: body === undefined || body === null ? null : isText ? body : JSON.stringify(body),
    ...(credential != null && { credential }),
  };
}

/** SHA-256 over everything the receiver sees of a call, hex; of credentials, whose they are. */
export function hashOf({ method, url, headers, body, credential }: HttpCall): string {
  const canonical = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const seen = [method, url, canonical, body, ...(credential === undefined ? [] : [credential])];
  return hash('sha256', JSON.stringify(seen), 'hex');
}

/** A call as the journal may show it: no credentials. */
export function shownCall({ method, url, headers, body, credential }: HttpCall): object {
  const shown = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      secretHeaders.has(name.toLowerCase()) ? '[redacted]' : value,
    ]),
  );
  return {
    method,
    url,
    ...(Object.keys(shown).length > 0 && { headers: shown }),
    ...(body !== null && { body }),
    ...(credential !== undefined && { credential }),
  };
}

function hasHeader(headers: Record<string, string>, name: string): boolean {
  return Object.keys(headers).some((key) => key.toLowerCase() === name);
}

function textMembers(members: Record<string, unknown>): Record<string, string> {
  const present = Object.entries(members).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [name, asText(value)]));
}

function withQuery(url: string, query: Record<string, unknown>): string {
  if (Object.keys(query).length === 0 || !URL.canParse(url)) return url;
  const result = new URL(url);
  for (const [name, value] of Object.entries(query)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    for (const item of values) if (item !== null && item !== undefined) result.searchParams.append(name, asText(item));
  }
  return result.href;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
