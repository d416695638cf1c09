import type { EgressResponse } from '@app/egress';

/** An answer as steps and probes see it. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** The answer of a call, its body read. */
export function answerOf({ status, headers, body }: EgressResponse): HttpAnswer {
  return { status, headers, body: parsed(body, headers['content-type'] ?? '') };
}

/** JSON as data, text as text, anything else as {base64}. */
function parsed(body: Buffer, contentType: string): unknown {
  if (body.length === 0) return null;
  const text = body.toString('utf8');
  if (/[/+]json\b/i.test(contentType)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  return Buffer.from(text, 'utf8').equals(body) ? text : { base64: body.toString('base64') };
}
