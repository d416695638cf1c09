import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import type { CloudEvent } from '@app/contracts';
import { parseJsonBody } from '../../http/json-body.js';
import { whyNotStorable } from '../../http/validation/storable.js';
import { attributeErrors } from './attributes.js';
import type { ParsedEvent } from './json-event.js';

const PREFIX = 'ce-';

/**
 * Reads an event whose attributes are headers and whose data is the body
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md §3.1).
 * @throws AppError BAD_REQUEST when the body is not the JSON that its Content-Type says
 */
export function binaryEvent(headers: IncomingHttpHeaders, body: Buffer): ParsedEvent {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(PREFIX) || typeof value !== 'string') continue;
    const decoded = decodedHeader(value);
    if (decoded === undefined) return { errors: [{ field: name, message: 'is not percent-encoded UTF-8' }] };
    attributes[name.slice(PREFIX.length)] = decoded;
  }
  if ('datacontenttype' in attributes) {
    return { errors: [{ field: 'ce-datacontenttype', message: 'is what Content-Type says: leave it out' }] };
  }
  const type = headers['content-type'];
  if (type !== undefined) attributes['datacontenttype'] = type;
  const errors = attributeErrors(attributes).map(({ field, message }) => ({
    field: field === 'datacontenttype' ? 'content-type' : `${PREFIX}${field}`,
    message,
  }));
  if (errors.length > 0) return { errors };
  return { event: { ...attributes, ...dataOf(type, body) } as CloudEvent };
}

/** §3.1.3.2: quotes around the whole value go first, then the percent encoding, which has to be UTF-8. */
function decodedHeader(value: string): string | undefined {
  const bare = /^"(.*)"$/.exec(value)?.[1]?.replaceAll(/\\(.)/g, '$1') ?? value;
  try {
    const text = decodeURIComponent(bare.replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25'));
    return whyNotStorable(text) === undefined ? text : undefined;
  } catch {
    return undefined;
  }
}

function dataOf(contentType: string | undefined, body: Buffer): Pick<CloudEvent, 'data' | 'data_base64'> {
  if (body.length === 0) return {};
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (/^[^/]+\/(.+\+)?json$/.test(type)) return { data: parseJsonBody(body) };
  const isText = (type.startsWith('text/') || /[/+]xml$/.test(type)) && isUtf8(body) && !body.includes(0);
  return isText ? { data: body.toString('utf8') } : { data_base64: body.toString('base64') };
}
