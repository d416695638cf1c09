/** What a webhook's sender is answered. */
export interface HookAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * What a user wrote comes from the origin of the API: as a page of it, it would have the rights of one. So a browser
 * shows it in a sandbox of its own, whatever its type (`nosniff` comes with every answer).
 */
const FOREIGN = { 'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'" };

const JSON_TYPE = 'application/json; charset=utf-8';

/** An answer with a value in it: a text under a type of its own as it is, anything else as JSON. */
export function answerOf(status: number, headers: Record<string, string>, value: unknown): HookAnswer {
  const type = headers['content-type'];
  const isText = typeof value === 'string' && type !== undefined && !/^[^;]*[/+]json\b/i.test(type);
  const body = value === undefined ? '' : isText ? value : JSON.stringify(value);
  return { status, headers: { 'content-type': JSON_TYPE, ...headers, ...FOREIGN }, body };
}

/** A sender's own word sent back to it. */
export function echo(text: string): HookAnswer {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', ...FOREIGN }, body: text };
}

/** The delivery is committed as a run, which goes on. */
export function accepted(runId: string, location?: string): HookAnswer {
  const headers = { 'content-type': JSON_TYPE, ...(location !== undefined && { location }) };
  return { status: 202, headers, body: JSON.stringify({ run_id: runId }) };
}
